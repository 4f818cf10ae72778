import { useMemo, type ReactNode } from "react";

import { chunksOf, headOf } from "../core/chunks.ts";
import { useKept } from "../parts/kept.tsx";
import { useKeptScroll } from "../parts/keptScroll.ts";
import { ShowAll } from "./ShowAll.tsx";
import { Visible } from "./Visible.tsx";
import "./WholeText.css";

interface Props {
  text: string;
  /** What kind of text it is, for the buttons and the box. It is unique within its part. */
  label: string;
  mono?: boolean;
  /** How much of a long text is shown at first. */
  lines?: number;
  characters?: number;
}

/**
 * How much is shown at first of a text that people decide on: all of it, unless few
 * people would read so much.
 */
export const decided = { lines: 200, characters: 16_000 };

/**
 * A text as it is, to its last character. Of a long text the beginning is shown, and
 * the rest on demand.
 */
export function WholeText({ text, label, mono = false, lines = 20, characters = 2_000 }: Props) {
  const [all, setAll] = useKept(`whole ${label}`, false);
  const head = useMemo(() => headOf(text, lines, characters), [text, lines, characters]);
  const look = `whole${mono ? " mono" : ""}`;
  if (!head.cut) return <Piece className={look} text={text} mono={mono} />;
  return (
    <div className="whole-fold">
      {all ? (
        <Chunks text={text} label={label} mono={mono} />
      ) : (
        <Piece className={look} text={head.text} mono={mono} />
      )}
      <ShowAll text={text} what={label} all={all} onAll={setAll} />
    </div>
  );
}

function Piece({ text, className, mono }: { text: string; className: string; mono: boolean }) {
  return (
    <div className={className} dir={mono ? "ltr" : "auto"}>
      <Visible text={text} />
      {lastLineIsEmpty(text) && "\n"}
    </div>
  );
}

function Chunks({ text, label, mono }: { text: string; label: string; mono: boolean }) {
  const chunks = useMemo(() => chunksOf(text), [text]);
  return (
    <ScrollBox label={label} mono={mono}>
      {chunks.map((c, i) => (
        <Piece
          key={i}
          className={c.continues ? "chunk goes-on" : "chunk"}
          text={c.text}
          mono={mono}
        />
      ))}
    </ScrollBox>
  );
}

/** A box that scrolls for a long text. The browser does not lay out what is out of sight. */
export function ScrollBox({
  label,
  mono,
  children,
}: {
  label: string;
  mono: boolean;
  children: ReactNode;
}) {
  return (
    <div
      ref={useKeptScroll(label)}
      className={`whole whole-box${mono ? " mono" : ""}`}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      {children}
    </div>
  );
}

// A newline at the end of a block adds no line.
function lastLineIsEmpty(text: string): boolean {
  return text === "" || text.endsWith("\n");
}
