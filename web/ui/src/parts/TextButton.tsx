import type { ButtonHTMLAttributes } from "react";

import "./TextButton.css";

/** A button that looks like a link. */
export function TextButton(props: ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="button" className="text-button" {...props} />;
}
