import { memo, Suspense, useEffect, useRef, useState } from "react";

import {
  blocksOf,
  blocksPerGroup,
  definitionsFor,
  noBlocks,
  openCode,
  type Blocks,
  type MarkdownBlock,
} from "../core/blocks.ts";
import { Part, useKept } from "../parts/kept.tsx";
import { lazily } from "../parts/lazily.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { GrowingCode } from "./GrowingCode.tsx";
import { WholeText } from "./WholeText.tsx";
import "./RichText.css";

const Markdown = lazily(() => import("./Markdown.tsx"), Plain);

/** Loads the markdown renderer before it is needed. */
export const preloadRichText = Markdown.preload;

/** Shows a text if the markdown renderer cannot be loaded. */
function Plain({ text }: { text: string }) {
  return <WholeText text={text} label={t.whole.text} />;
}

// The number of groups of blocks that are rendered at first.
const groupsAtOnce = 16;

interface Props {
  text: string;
  /** How many characters before the text were dropped. */
  from?: number;
  /** Whether people look at the end: then the end of a very long text is rendered first. */
  growing?: boolean;
  /** Whether more may follow. */
  open?: boolean;
}

/**
 * Markdown, rendered block by block, so that only the last block of a growing text is
 * parsed again. The plain text is shown until the parser is loaded, and for blocks that
 * would take too long to parse.
 */
export function RichText({ text, from = 0, growing = false, open = false }: Props) {
  const blocks = useBlocks(text, from);
  const [shown, setShown] = useKept("groups", groupsAtOnce);
  const more = () => setShown(shown + groupsAtOnce);
  const all = groupsOf(blocks);
  const hidden = Math.max(0, all.length - shown);
  const groups = growing ? all.slice(hidden) : all.slice(0, shown);
  const begin = blocks.from;
  const [first, after] = [groups[0]?.at ?? begin, all[groups.length]?.at ?? begin];
  return (
    <Suspense fallback={<WholeText text={text} label={t.whole.text} />}>
      {hidden > 0 && growing && <More onMore={more}>{t.whole.moreBefore(first - begin)}</More>}
      <div className="md">
        {groups.map((g) => (
          <Group
            key={g.at}
            finished={g.finished}
            open={g.open}
            growing={open && g.open !== null}
            definitions={blocks.definitions}
          />
        ))}
      </div>
      {hidden > 0 && !growing && (
        <More onMore={more}>{t.whole.moreAfter(begin + blocks.text.length - after)}</More>
      )}
    </Suspense>
  );
}

function More({ onMore, children }: { onMore(): void; children: string }) {
  return <TextButton onClick={onMore}>{children}</TextButton>;
}

interface GroupOfBlocks {
  /** Where it begins in the whole text. */
  at: number;
  finished: readonly MarkdownBlock[];
  /** The blocks whose open block ends the group; null in a full group. */
  open: Blocks | null;
}

function groupsOf(blocks: Blocks): GroupOfBlocks[] {
  const { groups, open } = blocks;
  const last = groups.at(-1);
  const continues = last !== undefined && last.length < blocksPerGroup;
  const full = continues ? groups.slice(0, -1) : groups;
  const finished = continues ? last : [];
  return [
    ...full.map((g) => ({ at: g[0]!.at, finished: g, open: null })),
    { at: finished[0]?.at ?? blocks.from + open, finished, open: blocks },
  ];
}

interface GroupProps {
  finished: readonly MarkdownBlock[];
  open: Blocks | null;
  growing: boolean;
  definitions: string;
}

const Group = memo(function Group({ finished, open, growing, definitions }: GroupProps) {
  // The open block has the position and the key that it will have when it is finished,
  // so that it keeps its element.
  const openText = open ? open.text.slice(open.open) : "";
  const openAt = open ? open.from + open.open : -1;
  const blocks =
    open && openText.trim() !== ""
      ? [...finished, { text: openText, at: openAt, plain: open.plain, head: open.head }]
      : finished;
  // Code without a closing fence becomes an ordinary block once no more text follows.
  const code = open && growing && openText.length > shortEnough ? openCode(open) : null;
  return blocks.map((b) => (
    <Part key={b.at} name={`from ${b.at}`}>
      {code !== null && b.at === openAt ? (
        <Part name={`code ${b.text.search(/\S/)}`}>
          <GrowingCode code={code} />
        </Part>
      ) : (
        <Block
          text={b.plain ? b.text : b.head + b.text}
          plain={b.plain}
          definitions={b.plain ? "" : definitionsFor(b.text, definitions)}
        />
      )}
    </Part>
  ));
});

interface BlockProps {
  text: string;
  plain: boolean;
  /** The lines that define the links in the text. */
  definitions: string;
}

const Block = memo(function Block({ text, plain, definitions }: BlockProps) {
  if (plain) return <WholeText text={text} label={t.whole.text} />;
  return <Markdown text={definitions === "" ? text : `${text}\n\n${definitions}`} />;
});

// A short open block is rendered at every change. A longer one is parsed as a
// whole each time, so the longer it is, the less often it is rendered.
const shortEnough = 1_000;
const charactersPerMs = 40;

interface Stretch {
  text: string;
  from: number;
  blocks: Blocks;
}

/** Returns the blocks of a growing text. Only what is new is read. */
function useBlocks(text: string, from: number): Blocks {
  const [shown, setShown] = useState(() => stretchOf(text, from, noBlocks));
  const lastAt = useRef(0);
  const open = shown.blocks.text.length - shown.blocks.open;
  const changed = text !== shown.text || from !== shown.from;
  const direct = open < shortEnough;
  if (changed && direct) setShown(stretchOf(text, from, shown.blocks));
  useEffect(() => {
    if (!changed || direct) return;
    const show = () => {
      lastAt.current = performance.now();
      setShown((before) => stretchOf(text, from, before.blocks));
    };
    const wait = lastAt.current + open / charactersPerMs - performance.now();
    const timer = setTimeout(show, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [text, from, changed, direct, open]);
  return shown.blocks;
}

function stretchOf(text: string, from: number, before: Blocks): Stretch {
  return { text, from, blocks: blocksOf(text, before, from) };
}
