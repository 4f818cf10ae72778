// Starts an agent on a server, shares it, and prints the links: the host's own, which is a
// secret, and the invite for others.
//
//   node share.ts http://127.0.0.1:7777 demo ada
import { ParleyError, Server } from "parley-client";

const [address = "", agent = "demo", hostUserId = "host"] = process.argv.slice(2);
const server = new Server(address);
const aborter = new AbortController();
process.on("SIGINT", () => aborter.abort());

try {
  const { own, invite } = await server.startAndShare(
    { agent },
    { hostUserId },
    {
      signal: aborter.signal,
      onWaiting: ({ detail }) => console.error("the agent is starting", detail ?? ""),
    },
  );
  console.log(own);
  console.log(invite);
} catch (e) {
  if (!(e instanceof ParleyError)) throw e;
  console.error(e.code, e.message);
  process.exitCode = 1;
}
