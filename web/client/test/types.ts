// Checked by tsc in a separate project, against the installed package.
import {
  connect,
  isKnownEvent,
  ParleyError,
  type CommandAnswer,
  type Message,
  type Mode,
} from "parley-client";
import type { UseSession } from "parley-client/react";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Accepts only true, and only if both types are equal. */
const same = <A, B>(_: Equal<A, B>) => {};

const session = connect("https://parley.test/s/…#i=…", { userId: "ann" });
const said = await session.do("chat", { text: "hello" });
same<typeof said, { message: Message }>(true);
same<CommandAnswer<"set_mode">["session"]["mode"], Mode>(true);
const page = await session.do("history", { limit: 2 });
for (const event of page.events) {
  if (isKnownEvent(event) && event.type === "message_created") event.payload.message.text.trim();
}
// @ts-expect-error a command of no such name
await session.do("shout", { text: "hello" });
// @ts-expect-error a payload that lacks a member
await session.do("permission", { requestId: "Q1" });
// @ts-expect-error an answer to another command
(await session.do("rotate_invite", {})).message;

session.on("event", (event) => {
  if (event.type === "prompt_dispatch_failed") event.payload.error.trim();
  // @ts-expect-error a payload of another type of event
  if (event.type === "session_closed") event.payload.error.trim();
});
session.on("connection", (c) => {
  if (c.state === "closed") same<typeof c.error, ParleyError>(true);
});
await session.prompt("go").catch((error: unknown) => {
  if (error instanceof ParleyError && error.code === "PROMPT_NOT_ALLOWED") error.retryable;
});
export type Connection = UseSession["connection"];
