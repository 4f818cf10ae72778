import { t } from "../texts/outside.ts";
import { Icon } from "./Icon.tsx";
import { dismiss, useToasts } from "./toasts.ts";
import "./Toasts.css";

export function Toasts() {
  const toasts = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((o) => (
        <div key={o.id} className={`toast ${o.bad ? "toast-bad" : ""}`}>
          <Icon name={o.bad ? "warn" : "check"} />
          <span>{o.text}</span>
          <button type="button" aria-label={t.close} onClick={() => dismiss(o.id)}>
            <Icon name="cross" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
