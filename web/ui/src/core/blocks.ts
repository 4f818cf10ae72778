/**
 * Splits markdown into blocks that can be parsed one by one. A message that grows
 * keeps its finished blocks, so that only the last one is parsed again. Together
 * the blocks read like the whole text.
 */

import { BlockSplitter, fenceMark } from "./blockSplitter.ts";
import { noBlocks, type Blocks } from "./blockState.ts";

export { blocksPerGroup, noBlocks, type Blocks, type MarkdownBlock } from "./blockState.ts";
export { longBlock, longestBlock } from "./blockSplitter.ts";

// Dropped text is kept up to this length, since a group of blocks is dropped as a whole.
const maxBefore = 100_000;

/**
 * Splits a text into blocks. from tells how many characters of its beginning were
 * dropped. If the text continues that of before, only what is new is read.
 */
export function blocksOf(text: string, before: Blocks = noBlocks, from = 0): Blocks {
  const known = from > before.from ? withoutBeginning(before, from) : before;
  const over = from - known.from;
  const whole = over > 0 ? known.text.slice(0, over) + text : text;
  const continues = over >= 0 && over <= maxBefore && whole.startsWith(known.text);
  if (!continues) return new BlockSplitter(text, { ...noBlocks, from }).run();
  return whole === known.text ? known : new BlockSplitter(whole, known).run();
}

/** Drops the groups that end before that position. */
function withoutBeginning(blocks: Blocks, from: number): Blocks {
  const { text, groups, open, next } = blocks;
  const gone = groups.filter((_, i) => i + 1 < groups.length && groups[i + 1]![0]!.at <= from);
  if (gone.length === 0) return blocks;
  const left = groups.slice(gone.length);
  const at = left[0]![0]!.at;
  const cut = at - blocks.from;
  return {
    ...blocks,
    text: text.slice(cut),
    from: at,
    groups: left,
    open: open - cut,
    next: next - cut,
  };
}

/** Returns the code of an open block whose fence is not closed; null for other blocks. */
export function openCode({ text, open, state, next }: Blocks): string | null {
  if (state.fence === null || state.container !== "none") return null;
  const begin = text.indexOf("\n", open) + 1;
  return begin > 0 && begin <= next && fenceMark.test(text.slice(open, begin).trimStart())
    ? text.slice(begin)
    : null;
}

/** Returns the definitions of the labels that a block mentions and does not define. */
export function definitionsFor(block: string, definitions: string): string {
  if (definitions === "" || !block.includes("[")) return "";
  const text = block.toLowerCase();
  return definitions
    .split("\n")
    .filter(
      (d) => d !== "" && text.includes(d.slice(d.indexOf("["), d.indexOf("]:") + 1).toLowerCase()),
    )
    .filter((d) => !block.includes(d))
    .join("\n");
}
