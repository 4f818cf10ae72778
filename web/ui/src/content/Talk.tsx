import { Fragment } from "react";

import { inlineOf, talkOf, type Inline } from "../core/talk.ts";
import { Part } from "../parts/kept.tsx";
import { RichText } from "./RichText.tsx";
import { SafeLink } from "./SafeLink.tsx";
import { Visible } from "./Visible.tsx";
import "./Talk.css";

// A longer text is laid out without kerning, for which the time grows with the square
// of the length of a word.
const longText = 2_000;

/** A message as its author typed it, with code, links and emphasis formatted. */
export function Talk({ text }: { text: string }) {
  return (
    <div className={text.length > longText ? "talk talk-long" : "talk"}>
      {talkOf(text).map((block, i) =>
        block.type === "lines" ? (
          <Paragraphs key={i} text={block.text} />
        ) : (
          <Part key={i} name={`block ${i}`}>
            <RichText text={fenced(block.info, block.text)} />
          </Part>
        ),
      )}
    </div>
  );
}

/** Returns a block of code in backticks that do not occur in it. */
function fenced(info: string, code: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${info}\n${code}\n${fence}`;
}

/** Each block has its own direction, as have the lines in it. */
function Paragraphs({ text }: { text: string }) {
  return text.split("\n\n").map((paragraph, i) => (
    <p key={i} dir="auto">
      {paragraph.split("\n").map((line, j) => (
        <Fragment key={j}>
          {j > 0 && "\n"}
          <Pieces of={inlineOf(line)} />
        </Fragment>
      ))}
    </p>
  ));
}

function Pieces({ of: pieces }: { of: readonly Inline[] }) {
  return pieces.map((p, i) => <Piece key={i} of={p} />);
}

function Piece({ of: p }: { of: Inline }) {
  switch (p.type) {
    case "text":
      return <Visible text={p.text} />;
    case "code":
      return (
        <code dir="ltr">
          <Visible text={p.text} />
        </code>
      );
    case "link":
      return (
        <SafeLink href={p.text}>
          <Visible text={p.text} />
        </SafeLink>
      );
    case "strong":
      return (
        <strong>
          <Pieces of={p.inside} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Pieces of={p.inside} />
        </em>
      );
    case "del":
      return (
        <del>
          <Pieces of={p.inside} />
        </del>
      );
  }
}
