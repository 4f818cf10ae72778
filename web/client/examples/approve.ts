// Decides on proposals as the host: it approves prompts with up to 200 characters
// and rejects longer ones. It prints how each turn ends.
//
//   node approve.ts 'http://127.0.0.1:7777/s/…#p=…'
//
// The link is the host's own. It is a secret: do not share it.
import { connect, ParleyError, type Approval } from "parley-client";

const [link = ""] = process.argv.slice(2);
const session = connect(link);

async function decide({ id, prompt, truncated }: Approval): Promise<void> {
  try {
    // A welcome cuts long prompts. Decide only on the whole text.
    const text = truncated ? (await session.wholeApproval(id)).prompt : prompt;
    if (text.length <= 200) await session.approve(id);
    else await session.reject(id, { reason: "Please keep prompts short." });
  } catch (error) {
    // Another page of the host may have decided in the meantime.
    if (!(error instanceof ParleyError && error.code === "APPROVAL_ALREADY_RESOLVED")) throw error;
  }
}

session.on("welcome", ({ approvals }) => {
  for (const a of approvals) if (a.status === "pending") void decide(a);
});
session.on("event", (event) => {
  switch (event.type) {
    case "prompt_pending_approval":
      void decide(event.payload.approval);
      break;
    case "prompt_rejected":
      console.log(`rejected: ${event.payload.approval.reason}`);
      break;
    case "prompt_dispatch_completed":
      console.log(`done: ${event.payload.stopReason ?? "end_turn"}`);
      break;
    case "prompt_dispatch_failed":
      console.log(`failed: ${event.payload.error}`);
  }
});
process.on("SIGINT", () => session.close());
await session.ready;
console.error("deciding");
