import { lazy, memo, Suspense, useEffect, useMemo, useRef, useState } from "react";

import {
  blocksOf,
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
export function RichText({ text, growing = false, open = false }: Props) {
  const blocks = useBlocks(text);
  const [shown, setShown] = useKept("groups", groupsAtOnce);
  const more = () => setShown(shown + groupsAtOnce);
  const hidden = Math.max(0, blocks.groups.length - shown);
  const groups = growing ? blocks.groups.slice(hidden) : blocks.groups.slice(0, shown);
  const [first, after] = [groups[0]?.[0]?.at ?? 0, blocks.groups[groups.length]?.[0]?.at ?? 0];
  return (
    <Suspense fallback={<WholeText text={text} label={t.whole.text} />}>
      {hidden > 0 && growing && <More onMore={more}>{t.whole.moreBefore(first)}</More>}
      <div className="md">
        {groups.map((g) => (
          <Group key={g[0]?.at} blocks={g} definitions={blocks.definitions} />
        ))}
        {(hidden === 0 || growing) && <Open key={blocks.open} blocks={blocks} growing={open} />}
      </div>
      {hidden > 0 && !growing && (
        <More onMore={more}>{t.whole.moreAfter(text.length - after)}</More>
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

const Group = memo(function Group({ blocks, definitions }: GroupProps) {
  return blocks.map((b) => (
    <Part key={b.at} name={`from ${b.at}`}>
      <Block
        text={b.text}
        plain={b.plain}
        definitions={b.plain ? "" : definitionsFor(b.text, definitions)}
      />
    </Part>
  ));
});

interface GroupProps {
  blocks: readonly MarkdownBlock[];
  definitions: string;
}

function Open({ blocks, growing }: { blocks: Blocks; growing: boolean }) {
  const text = blocks.text.slice(blocks.open);
  if (text.trim() === "") return null;
  // Code that ends without a fence is a block like others once nothing more comes.
  const code = growing && text.length > shortEnough ? openCode(blocks) : null;
  return (
    <Part name={`from ${blocks.open}`}>
      {code !== null ? (
        <Part name={`code ${text.search(/\S/)}`}>
          <GrowingCode code={code} />
        </Part>
      ) : (
        <Block
          text={text}
          plain={blocks.plain}
          definitions={definitionsFor(text, blocks.definitions)}
        />
      )}
    </Part>
  );
}

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
function useBlocks(text: string): Blocks {
  const last = useRef(noBlocks);
  const calm = useCalm(text, last.current.text.length - last.current.open);
  const blocks = useMemo(() => blocksOf(calm, last.current), [calm]);
  useEffect(() => {
    last.current = blocks;
  }, [blocks]);
  return blocks;
}

// An open block that is short is drawn at each change. A longer one is parsed as
// a whole each time, so it is drawn the less often the longer it is.
const shortEnough = 1_000;
const pausePer = 40; // characters for a millisecond

function useCalm(text: string, open: number): string {
  const [shown, setShown] = useState(text);
  const last = useRef(0);
  const direct = open < shortEnough;
  useEffect(() => {
    if (direct || text === shown) return;
    const show = () => {
      last.current = performance.now();
      setShown(text);
    };
    const timer = setTimeout(show, Math.max(0, last.current + open / pausePer - performance.now()));
    return () => clearTimeout(timer);
  }, [text, shown, direct, open]);
  return direct ? text : shown;
}
