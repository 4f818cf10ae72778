// Joins a session by its invite, prints what people write, and sends a message.
//
//   node talk.ts 'http://127.0.0.1:7777/s/…#i=…' ann 'Hello, everyone'
//
// Press Ctrl+C to end. Node.js 22.18 or later runs TypeScript as it is.
import { connect, type Participant } from "parley-client";

const [link = "", userId = "guest", text = "Hello"] = process.argv.slice(2);
const session = connect(link, { userId, recent: 50 });

session.on("connection", (c) => {
  const more = c.state === "reconnecting" && c.error ? `: ${c.error.message}` : "";
  console.error(`${c.state}${more}`);
});
session.on("event", (event) => {
  if (event.type !== "message_created") return;
  const { participant, message } = event.payload;
  console.log(`${nameOf(participant)}: ${message.text}`);
});
process.on("SIGINT", () => session.close());

// Rejects if the link is refused. A server that cannot be reached is tried again.
const { participants } = await session.ready;
console.error(`with ${participants.map(nameOf).join(", ")}`);
await session.chat(text);

function nameOf({ displayName, userId }: Participant): string {
  return displayName || userId;
}
