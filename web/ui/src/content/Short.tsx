import { characterEnd } from "../core/chunks.ts";
import { marked } from "../core/visible.ts";
import { Visible } from "./Visible.tsx";

// No line has room for more, and a browser would take long to find out.
const max = 300;

/** A text in one line. A longer text is cut, and shown in full in a tooltip. */
export function Short({ text }: { text: string }) {
  const long = text.length > max;
  return (
    <span
      dir="auto"
      title={long || /[\n]/.test(text) ? marked(text.slice(0, 10 * max)) : undefined}
    >
      <Visible text={shortened(text)} />
    </span>
  );
}

/** Returns the beginning of a long text, with an ellipsis. */
export function shortened(text: string): string {
  return text.length > max ? `${text.slice(0, characterEnd(text, max))}…` : text;
}
