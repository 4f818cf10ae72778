import { costOf } from "./markdown.ts";
import {
  blocksPerGroup,
  lineStart,
  type Blocks,
  type LineState,
  type MarkdownBlock,
} from "./blockState.ts";

/** What the blocks of a group may cost together. */
const groupCost = 1_000_000;
/** A longer block ends at the next line at which it can. Tables and code do not end there. */
export const longBlock = 4_000;
/** At this length any block ends, except code. */
export const longestBlock = 16_000;
const maxDefinitions = 4_000;
/** A longer table header is not repeated when the table is split. */
const maxHead = 1_000;

const containers = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*[ \t]*/;
export const fenceMark = /^(`{3,}(?![^\n]*`)|~{3,})/;
const quoteMarks = /^(?:[ \t]*>)*[ \t]*/;
const listMark = /^(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const tableRule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const definition = /^ {0,3}\[[^\]\n]{1,200}\]:/;

/** Reads the rest of a text line by line, and ends blocks where markdown allows it. */
export class BlockSplitter {
  private readonly groups: (readonly MarkdownBlock[])[];
  private group: MarkdownBlock[];
  private open: number;
  private head: string;
  private definitions: string;
  private next: number;
  private state: LineState;
  private spent: number;

  constructor(
    private readonly text: string,
    private readonly before: Blocks,
  ) {
    const { groups, open, head, definitions, next, state, spent } = before;
    const last = groups.at(-1);
    const continues = last !== undefined && last.length < blocksPerGroup;
    this.groups = continues ? groups.slice(0, -1) : groups.slice();
    this.group = continues ? last.slice() : [];
    this.open = open;
    this.head = head;
    this.definitions = definitions;
    this.next = next;
    this.state = state;
    this.spent = spent;
  }

  /** Reads the complete lines. The last line can still become anything. */
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

  /** Ends blocks that would be too long with the text before end. */
  private cut(end: number): void {
    while (this.state.fence === null && end - this.open > longestBlock) {
      const at = this.next > this.open ? this.next : cutAfter(this.text, this.open);
      this.finish(at);
      // A line that is cut is not a row of a table.
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
      this.state = lineStart;
    }
    this.read(line);
  }

  /** Reports whether a line is the first of another block. */
  private begins(line: string): boolean {
    const { blank, list, table } = this.state;
    if (this.next === this.open || indentOf(line) > 0) return false;
    const item = listMark.test(line);
    const long = this.next - this.open > longBlock && table === null;
    return long || (blank && !(list && item));
  }

  private read(line: string): void {
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
    if (definition.test(line) && this.definitions.length + line.length < maxDefinitions)
      this.definitions += `${line}\n`;
  }

  private tableWith(line: string, first: boolean): string | null {
    const { table } = this.state;
    if (table === null) return first ? null : this.headEndingWith(line);
    // Where the table may have ended, its header is not repeated.
    return line.includes("|") && containers.exec(line)![0].trim() === "" ? table : "";
  }

  /** Returns the header of the table that begins above that line. */
  private headEndingWith(line: string): string | null {
    if (!line.includes("|") || !tableRule.test(line)) return null;
    const begin = Math.max(this.open, this.text.lastIndexOf("\n", this.next - 2) + 1);
    const head = this.text.slice(begin, this.next);
    const whole = `${head}${line}\n`;
    return containers.exec(head)![0].trim() === "" && whole.length <= maxHead ? whole : "";
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

  /** Reports whether a block costs more than its group has left, or takes the cost. */
  private spend(text: string): boolean {
    const cost = costOf(text);
    if (this.spent + cost > groupCost) return true;
    this.spent += cost;
    return false;
  }
}

/** Reports whether a line belongs to the container of a fence. */
function staysIn(container: LineState["container"], line: string): boolean {
  if (container === "quote") return /^[ \t]*>/.test(line);
  return container === "none" || line.trim() === "" || indentOf(line) > 0;
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)![0].length;
}

/** Returns where to cut a line that is too long: after a word, or else after a whole character. */
function cutAfter(text: string, from: number): number {
  const max = from + longestBlock;
  const word = text.lastIndexOf(" ", max);
  if (word > from + longestBlock / 2) return word + 1;
  const before = text.charCodeAt(max - 1);
  return before >= 0xd800 && before <= 0xdbff ? max - 1 : max;
}
