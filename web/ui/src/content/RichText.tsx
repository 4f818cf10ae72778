import { lazy, memo, Suspense, useEffect, useRef, useState } from "react";

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
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { GrowingCode } from "./GrowingCode.tsx";
import { WholeText } from "./WholeText.tsx";
import "./RichText.css";

const load = () => import("./Markdown.tsx");
const Markdown = lazy(load);

/** Loads what draws markdown before it is needed. */
export const preloadRichText = () => void load();

// So many groups of blocks are drawn at first.
const groupsAtOnce = 16;

interface Props {
  text: string;
  /** How many characters came before it, and were dropped. */
  from?: number;
  /** Whether the end is what people look at: of a very long text it is drawn first. */
  growing?: boolean;
  /** Whether more may come. */
  open?: boolean;
}

/**
 * Markdown, block by block: of a text that grows only the last block is parsed
 * again. The bare text until the parser is loaded, and of blocks that would take
 * it too long.
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
  /** Those whose open block ends the group; null in a group that is full. */
  open: Blocks | null;
}

function groupsOf(blocks: Blocks): GroupOfBlocks[] {
  const { groups, open } = blocks;
  const last = groups.at(-1);
  const goesOn = last !== undefined && last.length < blocksPerGroup;
  const full = goesOn ? groups.slice(0, -1) : groups;
  const finished = goesOn ? last : [];
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
  // The open block has the place and the key that it has when it is finished: it
  // stays the same element then, and is not made anew.
  const openText = open ? open.text.slice(open.open) : "";
  const openAt = open ? open.from + open.open : -1;
  const blocks =
    open && openText.trim() !== ""
      ? [...finished, { text: openText, at: openAt, plain: open.plain, head: open.head }]
      : finished;
  // Code that ends without a fence is a block like others once nothing more comes.
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
  /** The lines of links that the text refers to. */
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

/** Returns the blocks of a text that grows. Only what is new is read. */
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
