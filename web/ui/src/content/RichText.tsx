import { lazy, memo, Suspense, useEffect, useMemo, useRef, useState } from "react";

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
import { t } from "../texts.ts";
import { GrowingCode } from "./GrowingCode.tsx";
import { WholeText } from "./WholeText.tsx";

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
  return (
    <button type="button" className="text-button" onClick={onMore}>
      {children}
    </button>
  );
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

/** The blocks of a text, of which only what is new is read. */
function useBlocks(text: string, from: number): Blocks {
  const last = useRef(noBlocks);
  const calm = useCalm({ text, from }, last.current.text.length - last.current.open);
  const blocks = useMemo(
    () => blocksOf(calm.text, last.current, calm.from),
    [calm.text, calm.from],
  );
  useEffect(() => {
    last.current = blocks;
  }, [blocks]);
  return blocks;
}

// An open block that is short is drawn at each change. A longer one is parsed as
// a whole each time, so it is drawn the less often the longer it is.
const shortEnough = 1_000;
const pausePer = 40; // characters for a millisecond

interface Stretch {
  text: string;
  from: number;
}

function useCalm({ text, from }: Stretch, open: number): Stretch {
  const [shown, setShown] = useState({ text, from });
  const last = useRef(0);
  const direct = open < shortEnough;
  const news = text !== shown.text || from !== shown.from;
  if (direct && news) setShown({ text, from });
  useEffect(() => {
    if (direct || !news) return;
    const show = () => {
      last.current = performance.now();
      setShown({ text, from });
    };
    const timer = setTimeout(show, Math.max(0, last.current + open / pausePer - performance.now()));
    return () => clearTimeout(timer);
  }, [text, from, news, direct, open]);
  return direct ? { text, from } : shown;
}
