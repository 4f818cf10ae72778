/** A block of markdown that nothing more is added to. */
export interface MarkdownBlock {
  readonly text: string;
  /** Where it begins in the whole text, including what was dropped of its beginning. */
  readonly at: number;
  /** Whether it would take too long to parse. Neighbouring blocks of that kind are merged. */
  readonly plain: boolean;
  /** The header of the table that it continues, which is not in its text; "" for none. */
  readonly head: string;
}

/** A text in blocks, and the state that is needed to add to it. */
export interface Blocks {
  readonly text: string;
  /** How many characters of the whole text came before this one, and were dropped. */
  readonly from: number;
  /** The finished blocks, in groups of a bounded size. A full group stays the same object. */
  readonly groups: readonly (readonly MarkdownBlock[])[];
  /** Where the open block begins in this text. */
  readonly open: number;
  /** Whether the open block would take too long to parse. */
  readonly plain: boolean;
  /** The header of the table that the open block continues. */
  readonly head: string;
  /** The lines that define the link labels which blocks refer to. */
  readonly definitions: string;
  /** Where the first line begins that was not read. */
  readonly next: number;
  readonly state: LineState;
  /** What the blocks of the last group have cost so far. */
  readonly spent: number;
}

/** What the lines of the open block tell about the line after them. */
export interface LineState {
  /** The mark of an open code fence. */
  readonly fence: string | null;
  /** What contains the fence: a line outside of it ends the fence. */
  readonly container: "none" | "item" | "quote";
  readonly blank: boolean;
  readonly list: boolean;
  /** The header of a table with the line below it; null outside of tables. */
  readonly table: string | null;
}

export const lineStart: LineState = {
  fence: null,
  container: "none",
  blank: false,
  list: false,
  table: null,
};

export const noBlocks: Blocks = {
  text: "",
  from: 0,
  groups: [],
  open: 0,
  plain: false,
  head: "",
  definitions: "",
  next: 0,
  state: lineStart,
  spent: 0,
};

export const blocksPerGroup = 16;
