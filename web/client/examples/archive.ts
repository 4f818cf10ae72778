// Prints every message of a session as JSON, one per line, oldest first. It works
// after leaving, and after the session has ended.
//
//   node archive.ts 'http://127.0.0.1:7777/s/…#p=…' > messages.jsonl
//
// The link is a participant's own. It is a secret: do not share it.
import { connect, isKnownEvent } from "parley-client";

const [link = ""] = process.argv.slice(2);
const session = connect(link, { readOnly: true });
await session.ready;

let cursor: string | undefined;
for (let more = true; more;) {
  const page = await session.archive({ limit: 500, ...(cursor && { cursor }) });
  for (const event of page.events) {
    // A newer server may send types of events that this version does not know.
    if (!isKnownEvent(event) || event.type !== "message_created") continue;
    const { participant, message } = event.payload;
    const { userId: user } = participant;
    console.log(JSON.stringify({ at: event.timestamp, user, text: message.text }));
  }
  cursor = page.cursor;
  more = page.more;
}
session.close();
