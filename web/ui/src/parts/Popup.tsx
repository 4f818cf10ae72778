import {
  Suspense,
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type RefObject,
} from "react";

import { t } from "../texts.ts";
import { toast } from "./toasts.ts";

/** What the button of a popup needs. */
export interface PopupButtonProps {
  ref: Ref<HTMLButtonElement>;
  id: string;
  "aria-haspopup": "menu" | "dialog";
  "aria-expanded": boolean;
  "aria-controls": string | undefined;
  onClick(): void;
  onKeyDown(e: KeyboardEvent): void;
}

/** What the popup itself needs, which is a PopupMenu or a PopupPanel. */
export interface PopupProps {
  id: string;
  button: RefObject<HTMLButtonElement | null>;
  opened: boolean;
  onClose(): void;
  /** Called if it could not be loaded. */
  onFailed(): void;
}

interface Props {
  kind: "menu" | "dialog";
  button(props: PopupButtonProps): ReactNode;
  /** Renders the popup. It may suspend. */
  children(props: PopupProps): ReactNode;
}

/**
 * A button with a menu or panel that is loaded when it is needed. The button stays the same
 * element, so that neither the focus nor a click is lost, and a popup that takes long to load
 * does not open once the user has turned to something else.
 */
export function Popup({ kind, button, children }: Props) {
  const id = useId();
  const ref = useRef<HTMLButtonElement>(null);
  const loading = useRef(false);
  // Once used it stays mounted, so that it can fade out and return the focus.
  const [state, setState] = useState<"unused" | "open" | "closed">("unused");
  const opened = state === "open";
  const onClick = () => {
    if (!opened) setState("open");
    else if (!loading.current) setState("closed"); // the second click of a double click is none
  };
  return (
    <>
      {button({
        ref,
        id,
        "aria-haspopup": kind,
        "aria-expanded": opened,
        "aria-controls": opened ? `${id}-dropdown` : undefined,
        onClick,
        onKeyDown: dropHeldKey,
      })}
      {state !== "unused" && (
        <Suspense
          fallback={
            <Opening button={ref} loadingRef={loading} onLeave={() => setState("unused")} />
          }
        >
          {children({
            id,
            button: ref,
            opened,
            onClose: () => setState("closed"),
            onFailed: () => setState("unused"),
          })}
        </Suspense>
      )}
    </>
  );
}

/**
 * Ignores the repetitions of a held key that presses buttons. Those of the key that opens a
 * popup would close it, or choose what has the focus in it.
 */
export function dropHeldKey(e: KeyboardEvent): void {
  if (!e.repeat || (e.key !== "Enter" && e.key !== " ")) return;
  e.preventDefault();
  e.stopPropagation();
}

interface OpeningProps {
  button: RefObject<HTMLButtonElement | null>;
  loadingRef: RefObject<boolean>;
  onLeave(): void;
}

/** Stands for a popup that is being loaded. Calls onLeave if the user does not wait for it. */
function Opening({ button, loadingRef, onLeave }: OpeningProps) {
  const leave = useEffectEvent(onLeave);
  useEffect(() => {
    const onEvent = (e: Event) => {
      const atButton = e.target instanceof Node && button.current?.contains(e.target);
      if (!atButton || (e instanceof KeyboardEvent && e.key === "Escape")) leave();
    };
    loadingRef.current = true;
    document.addEventListener("pointerdown", onEvent, true);
    document.addEventListener("keydown", onEvent, true);
    return () => {
      loadingRef.current = false;
      document.removeEventListener("pointerdown", onEvent, true);
      document.removeEventListener("keydown", onEvent, true);
    };
  }, [button, loadingRef]);
  return null;
}

/** Says that a popup could not be loaded. */
export function UnloadedPopup({ onFailed }: PopupProps) {
  const fail = useEffectEvent(onFailed);
  useEffect(() => {
    toast(t.state.unloaded.about, true);
    fail();
  }, []);
  return null;
}
