/** Folds what the agent says into rows, part by part or as whole messages. */

import type { Voice } from "./acp.js";
import type { Block } from "./blocks.js";
import type { Draft } from "./draft.js";
import { findPrompt } from "./find.js";
import type { Item } from "./items.js";
import { joined, sameMessage } from "./merge.js";

/**
 * Adds a part to the message that it belongs to. What people write between two parts of
 * a message does not split the message.
 */
export function foldPart(d: Draft, voice: Voice, messageId: string | null, block: Block): void {
  const row = d.items[d.state.open];
  const goesOn =
    row?.type === "say" && row.voice === voice && sameMessage(row.messageId, messageId);
  const blocks = joined(goesOn ? row.blocks : [], block);
  if (voice === "user" && isEcho(d, blocks)) {
    if (goesOn) d.remove(d.state.open);
    return;
  }
  if (goesOn) d.items[d.state.open] = { ...row, blocks, until: d.at };
  else begin(d, voice, messageId, blocks);
}

/** Replaces the content of a message of the turn; null changes nothing. */
export function foldWhole(
  d: Draft,
  voice: Voice,
  messageId: string,
  blocks: readonly Block[] | null,
): void {
  if (blocks === null) return;
  const isMeant = (r: Item) => r.type === "say" && r.voice === voice && r.messageId === messageId;
  const gone = blocks.length === 0 || (voice === "user" && isEcho(d, blocks));
  const first = d.items.findIndex((r, i) => i >= d.state.start && isMeant(r));
  for (let i = d.items.length - 1; first >= 0 && i >= first; i--)
    if (isMeant(d.items[i]!) && (i > first || gone)) d.remove(i);
  if (gone) return;
  const row = d.items[first];
  const whole = blocks.reduce(joined, [] as readonly Block[]);
  if (row?.type === "say") d.items[first] = { ...row, blocks: whole, until: d.at };
  else begin(d, voice, messageId, whole);
}

function begin(d: Draft, voice: Voice, messageId: string | null, blocks: readonly Block[]): void {
  endSaying(d);
  const { running: turn } = d.state;
  d.add({ type: "say", voice, messageId, blocks, until: d.at, open: true, turn });
  d.state.open = d.items.length - 1;
}

/** Ends the row that the agent's words were added to. */
export function endSaying(d: Draft): void {
  const row = d.items[d.state.open];
  if (row?.type === "say") d.items[d.state.open] = { ...row, open: false };
  d.state.open = -1;
}

/**
 * Reports whether words said to the agent are the prompt of its turn, which has a row
 * already. The agent may have been told before whose prompt it is.
 */
function isEcho(d: Draft, blocks: readonly Block[]): boolean {
  const { running } = d.state;
  if (running === null) return false;
  const row = d.items[findPrompt(d.items, running)] ?? d.carried[findPrompt(d.carried, running)];
  if (row?.type !== "prompt") {
    d.lack(`prompt ${running}`);
    return false;
  }
  const said = blocks
    .map((b) => (b.type === "text" ? b.text : ""))
    .join("")
    .trimEnd();
  const prompt = row.approval.prompt.trimEnd();
  return (
    said.endsWith(prompt) && /^(\[[^\]\n]*\]\s*)?$/.test(said.slice(0, said.length - prompt.length))
  );
}
