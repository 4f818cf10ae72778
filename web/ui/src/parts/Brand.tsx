import icon from "../icon.svg";
import { server } from "../core/place.ts";
import { t } from "../texts/outside.ts";
import "./Brand.css";

export function Brand({ bare = false }: { bare?: boolean }) {
  return (
    <a className="brand" href={`${server()}/`} aria-label={`${t.app}: ${t.home}`}>
      <img src={icon} alt="" width="26" height="26" />
      {!bare && <span>{t.app}</span>}
    </a>
  );
}
