/**
 * Markdown in blocks that can be parsed one by one. A message that grows keeps
 * the blocks that are finished as they are, so that only its last one is parsed
 * again; together they read like the whole.
 */

import { costOf } from "./markdown.ts";

/** A block that nothing more is added to. */
export interface MarkdownBlock {
  readonly text: string;
  /** Where it begins in the whole text, with what was dropped of its beginning. */
  readonly at: number;
  /** Whether it would take too long to parse. Neighbours of that kind are one block. */
  readonly plain: boolean;
  /** The header of the table that it goes on with, which is not in its text; empty elsewhere. */
  readonly head: string;
}

/** A text in blocks, and what is needed to go on with it. */
export interface Blocks {
  readonly text: string;
  /** How many characters of the whole text came before this one, and were dropped. */
  readonly from: number;
  /** The finished ones, in groups of a bounded size. A group that is full stays the same object. */
  readonly groups: readonly (readonly MarkdownBlock[])[];
  /** Where the open block begins in this text. */
  readonly open: number;
  /** Whether the open block would take too long to parse. */
  readonly plain: boolean;
  /** The header of the table that the open block goes on with. */
  readonly head: string;
  /** Lines of links that blocks refer to by a label. */
  readonly definitions: string;
  /** Where the first line begins that was not looked at. */
  readonly next: number;
  readonly state: State;
  /** What the blocks of the last group cost until now. */
  readonly spent: number;
}

/** What the lines of the open block tell about the line after them. */
interface State {
  /** The mark that opened a fence which is open. */
  readonly fence: string | null;
  /** What the fence is in: a line that is not part of it ends the fence. */
  readonly container: "none" | "item" | "quote";
  readonly blank: boolean;
  readonly list: boolean;
  /** The header of a table, with the line below it. */
  readonly table: string | null;
}

export const blocksPerGroup = 16;
/** What the blocks of a group may cost together. */
const groupCost = 1_000_000;
/** A block that is longer ends at the next line where it can; a table or code does not. */
export const longBlock = 4_000;
/** A block ends there whatever it is, unless it is code. */
export const longestBlock = 16_000;
const mostDefinitions = 4_000;
/** Of a longer header only the first part of a table has one. */
const mostHead = 1_000;

const start: State = { fence: null, container: "none", blank: false, list: false, table: null };

export const noBlocks: Blocks = {
  text: "",
  from: 0,
  groups: [],
  open: 0,
  plain: false,
  head: "",
  definitions: "",
  next: 0,
  state: start,
  spent: 0,
};

const containers = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*[ \t]*/;
const fenceMark = /^(`{3,}(?![^\n]*`)|~{3,})/;
const quoteMarks = /^(?:[ \t]*>)*[ \t]*/;
const listMark = /^(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const tableRule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const definition = /^ {0,3}\[[^\]\n]{1,200}\]:/;

// So much of what was dropped of a text may be kept, since a group of blocks goes as one.
const mostBefore = 100_000;

/**
 * blocksOf takes a text apart, of whose beginning so many characters were
 * dropped. Of one that goes on with the text of before only what is new is read.
 */
export function blocksOf(text: string, before: Blocks = noBlocks, from = 0): Blocks {
  const known = from > before.from ? withoutBeginning(before, from) : before;
  const over = from - known.from;
  const whole = over > 0 ? known.text.slice(0, over) + text : text;
  const goesOn = over >= 0 && over <= mostBefore && whole.startsWith(known.text);
  if (!goesOn) return new Splitter(text, { ...noBlocks, from }).run();
  return whole === known.text ? known : new Splitter(whole, known).run();
}

/** Leaves the groups out that end before that place. */
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

class Splitter {
  private readonly groups: (readonly MarkdownBlock[])[];
  private group: MarkdownBlock[];
  private open: number;
  private head: string;
  private definitions: string;
  private next: number;
  private state: State;
  private spent: number;

  constructor(
    private readonly text: string,
    private readonly before: Blocks,
  ) {
    const { groups, open, head, definitions, next, state, spent } = before;
    const last = groups.at(-1);
    const goesOn = last !== undefined && last.length < blocksPerGroup;
    this.groups = goesOn ? groups.slice(0, -1) : groups.slice();
    this.group = goesOn ? last.slice() : [];
    this.open = open;
    this.head = head;
    this.definitions = definitions;
    this.next = next;
    this.state = state;
    this.spent = spent;
  }

  /** Reads the lines that are whole. The last one can still become anything. */
  run(): Blocks {
    const { text } = this;
    for (;;) {
      const end = text.indexOf("\n", this.next);
      this.cut(end < 0 ? text.length : end);
      if (end < 0) break;
      this.line(text.slice(this.next, end));
      this.next = end + 1;
    }
    const groups = this.group.length > 0 ? [...this.groups, this.group] : this.groups;
    const { open, head, definitions, next, state, spent } = this;
    const { from } = this.before;
    const plain = spent + costOf(head + text.slice(open)) > groupCost;
    return { text, from, groups, open, plain, head, definitions, next, state, spent };
  }

  /** Ends blocks that would be too long with what comes before end. */
  private cut(end: number): void {
    while (this.state.fence === null && end - this.open > longestBlock) {
      const at = this.next > this.open ? this.next : cutAfter(this.text, this.open);
      this.finish(at);
      // What is cut within a line is no row of a table.
      this.head = at === this.next && !this.state.blank ? (this.state.table ?? "") : "";
      this.state = { ...this.state, blank: false };
      this.next = at;
    }
  }

  private line(line: string): void {
    const { fence, container } = this.state;
    if (fence !== null && staysIn(container, line)) {
      const inside = line.replace(container === "quote" ? quoteMarks : /^[ \t]*/, "");
      if (inside.startsWith(fence) && /^[`~]+[ \t]*\r?$/.test(inside))
        this.state = { ...this.state, fence: null };
      return;
    }
    if (line.trim() === "") {
      this.state = { ...this.state, fence: null, blank: true };
      return;
    }
    if (this.begins(line)) {
      this.finish(this.next);
      this.state = start;
    }
    this.look(line);
  }

  /** Whether a line is the first one of another block. */
  private begins(line: string): boolean {
    const { blank, list, table } = this.state;
    if (this.next === this.open || indentOf(line) > 0) return false;
    const item = listMark.test(line);
    const long = this.next - this.open > longBlock && table === null;
    return long || (blank && !(list && item));
  }

  private look(line: string): void {
    const head = containers.exec(line)![0];
    const first = this.next === this.open;
    const item = listMark.test(line.trimStart());
    const list = this.state.list || (item && (first || indentOf(line) === 0));
    const inItem = item || (list && indentOf(line) > 0);
    this.state = {
      fence: fenceMark.exec(line.slice(head.length))?.[1] ?? null,
      container: head.includes(">") ? "quote" : inItem ? "item" : "none",
      blank: false,
      list,
      table: this.tableWith(line, first),
    };
    if (definition.test(line) && this.definitions.length + line.length < mostDefinitions)
      this.definitions += `${line}\n`;
  }

  private tableWith(line: string, first: boolean): string | null {
    const { table } = this.state;
    if (table === null) return first ? null : this.headEndingWith(line);
    // Where it may have ended nothing is shown below its header.
    return line.includes("|") && containers.exec(line)![0].trim() === "" ? table : "";
  }

  /** The header of the table that begins above that line. */
  private headEndingWith(line: string): string | null {
    if (!line.includes("|") || !tableRule.test(line)) return null;
    const begin = Math.max(this.open, this.text.lastIndexOf("\n", this.next - 2) + 1);
    const head = this.text.slice(begin, this.next);
    const whole = `${head}${line}\n`;
    return containers.exec(head)![0].trim() === "" && whole.length <= mostHead ? whole : "";
  }

  private finish(end: number): void {
    const text = this.text.slice(this.open, end);
    const { head } = this;
    const plain = this.spend(head + text);
    const last = this.group.at(-1);
    if (plain && last?.plain) this.group.splice(-1, 1, { ...last, text: last.text + text });
    else this.group.push({ text, at: this.before.from + this.open, plain, head });
    this.open = end;
    this.head = "";
    if (this.group.length < blocksPerGroup) return;
    this.groups.push(this.group);
    this.group = [];
    this.spent = 0;
  }

  /** Returns whether a block costs more than its group has left. */
  private spend(text: string): boolean {
    const cost = costOf(text);
    if (this.spent + cost > groupCost) return true;
    this.spent += cost;
    return false;
  }
}

/** Whether a line goes on with the container of a fence. */
function staysIn(container: State["container"], line: string): boolean {
  if (container === "quote") return /^[ \t]*>/.test(line);
  return container === "none" || line.trim() === "" || indentOf(line) > 0;
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)![0].length;
}

/** A place for the end of a block in a line that is too long: behind a word, or at least behind a character. */
function cutAfter(text: string, from: number): number {
  const most = from + longestBlock;
  const word = text.lastIndexOf(" ", most);
  if (word > from + longestBlock / 2) return word + 1;
  const before = text.charCodeAt(most - 1);
  return before >= 0xd800 && before <= 0xdbff ? most - 1 : most;
}

/** The code of an open block that is code, whose fence is not closed; null if it is something else. */
export function openCode({ text, open, state, next }: Blocks): string | null {
  if (state.fence === null || state.container !== "none") return null;
  const begin = text.indexOf("\n", open) + 1;
  return begin > 0 && begin <= next && fenceMark.test(text.slice(open, begin).trimStart())
    ? text.slice(begin)
    : null;
}

/** The lines that a block needs beside its own, for the labels that it mentions. */
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
