import { Button } from "@mantine/core";
import { Suspense, useLayoutEffect, useRef, type ComponentType, type ReactNode } from "react";

import { t } from "../texts.ts";
import { lazily } from "./lazily.tsx";
import { Spinner } from "./Spinner.tsx";
import "./lazyDialog.css";

interface Closes {
  onClose(): void;
}

/**
 * Returns a dialog that is loaded when it is first shown. Until then, and if it cannot be
 * loaded, a plain dialog takes its place: it keeps the focus, so that no key that is pressed
 * meanwhile goes to the page below.
 */
export function lazyDialog<P extends Closes>(load: () => Promise<{ default: ComponentType<P> }>) {
  const Dialog = lazily<P>(load, Unloaded);
  return function LazyDialog(props: P) {
    return (
      <Suspense fallback={<Loading onClose={props.onClose} />}>
        <Dialog {...props} />
      </Suspense>
    );
  };
}

function Loading({ onClose }: Closes) {
  return (
    <Plain label={t.loading} onClose={onClose}>
      <p className="plain-dialog-loading" role="status">
        <Spinner />
        {t.loading}…
      </p>
    </Plain>
  );
}

function Unloaded({ onClose }: Closes) {
  const { title, about } = t.state.unloaded;
  return (
    <Plain label={title} onClose={onClose}>
      <h2>{title}</h2>
      <p>{about}</p>
      <div className="dialog-actions">
        <Button variant="default" onClick={onClose}>
          {t.close}
        </Button>
        <Button onClick={() => location.reload()}>{t.state.reload}</Button>
      </div>
    </Plain>
  );
}

/** A dialog that needs nothing that is not loaded yet. */
function Plain({ label, onClose, children }: Closes & { label: string; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close(); // returns the focus
  }, []);
  return (
    <dialog
      ref={dialog}
      role="dialog" // the shortcuts of the page look for it
      aria-label={label}
      className="plain-dialog"
      onCancel={(e) => (e.preventDefault(), onClose())}
    >
      {children}
    </dialog>
  );
}
