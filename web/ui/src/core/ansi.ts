/**
 * Splits terminal output into runs of text with a style. Sequences that a page cannot
 * show are dropped.
 */

export interface Style {
  bold: boolean;
  dim: boolean;
  /** The number of one of the eight colours, or null. */
  color: number | null;
}

export interface Run extends Style {
  text: string;
}

export const plainStyle: Style = { bold: false, dim: false, color: null };

// CSI and OSC sequences, two-character escapes, then control characters that are
// neither tab nor line feed.
const escapes =
  /\x1b\[([0-9;:?]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/** Reads output that begins in that style. Returns the style that the next output begins in. */
export function readAnsi(output: string, from = plainStyle): { runs: Run[]; style: Style } {
  const runs: Run[] = [];
  let style = from;
  let done = 0;
  const text = rewritten(output);
  const push = (to: number) => {
    if (to > done) runs.push({ text: text.slice(done, to), ...style });
  };
  for (const m of text.matchAll(escapes)) {
    push(m.index);
    done = m.index + m[0].length;
    if (m[2] === "m") style = styled(style, m[1] ?? "");
  }
  push(text.length);
  return { runs, style };
}

// A carriage return starts the line anew, as progress bars do.
function rewritten(output: string): string {
  return output
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.slice(line.replace(/\r+$/, "").lastIndexOf("\r") + 1).replaceAll("\r", ""))
    .join("\n");
}

function styled(s: Style, codes: string): Style {
  let next = { ...s };
  const list = codes.split(/[;:]/).map(Number);
  for (let i = 0; i < list.length; i++) {
    const c = list[i] ?? 0;
    if (c === 0) next = { ...plainStyle };
    else if (c === 1) next.bold = true;
    else if (c === 2) next.dim = true;
    else if (c === 22) next = { ...next, bold: false, dim: false };
    else if (c === 39) next.color = null;
    else if (c >= 30 && c <= 37) next.color = c - 30;
    else if (c >= 90 && c <= 97) next.color = c - 90;
    // A colour out of 256 or more is skipped with its parameters.
    else if (c === 38 || c === 48) i += list[i + 1] === 5 ? 2 : 4;
  }
  return next;
}
