import { characterEnd } from "../core/chunks.ts";
import { marked } from "../core/visible.ts";
import { Visible } from "./Visible.tsx";

// More does not fit into one line, and no browser should be made to try.
const most = 300;

/** The one line that there is room for; what is longer ends with a mark, and is shown by pointing at it. */
export function Short({ text }: { text: string }) {
  const long = text.length > most;
  return (
    <span
      dir="auto"
      title={long || /[\n]/.test(text) ? marked(text.slice(0, 10 * most)) : undefined}
    >
      <Visible text={shortened(text)} />
    </span>
  );
}

/** shortened returns the beginning of a long text, with a mark at its end. */
export function shortened(text: string): string {
  return text.length > most ? `${text.slice(0, characterEnd(text, most))}…` : text;
}
