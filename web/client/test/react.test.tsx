// @vitest-environment jsdom
import { act, StrictMode, useState } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useSession, type UseSession } from "../src/react.js";
import { cursor, event, FakeSocket, invite, welcome } from "./fake/socket.js";

const me = welcome.participant.userId;

let root: Root;
let sockets: FakeSocket[];
let now: UseSession;
let heard: string[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  sockets = [];
  heard = [];
  root = createRoot(document.createElement("div"));
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

class Recorded extends FakeSocket {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols);
    sockets.push(this);
  }
}

function Room({ link }: { link: string | undefined }) {
  const [count, setCount] = useState(0);
  now = useSession(
    link,
    { userId: "ann", WebSocket: Recorded },
    {
      event: () => setCount(count + 1),
      welcome: (w, session) => heard.push(`welcome ${w.resume} ${session.self?.userId}`),
      connection: ({ state }) => heard.push(state),
    },
  );
  return <p>{`${now.connection.state} ${now.presence.length} ${count}`}</p>;
}

async function show(link: string | undefined): Promise<void> {
  await act(async () =>
    root.render(
      <StrictMode>
        <Room link={link} />
      </StrictMode>,
    ),
  );
}

test("useSession connects once, returns what it receives, and closes when unmounted", async () => {
  await show(undefined);
  expect(now).toMatchObject({ session: undefined, connection: { state: "connecting" } });
  await show(invite);
  expect(sockets).toHaveLength(1);
  await act(() =>
    sockets[0]!.welcome({
      cursor: cursor(10),
      presenceEpoch: "E",
      presence: ["P1"],
      presenceAt: 1,
    }),
  );
  expect(now.connection).toEqual({ state: "live" });
  expect(now.welcome?.session.status).toBe("active");
  await act(async () =>
    sockets[0]!.say({
      type: "presence",
      payload: { epoch: "E", from: 1, to: 3, joined: ["P2", "P3"], left: [] },
    }),
  );
  expect(now.presence).toEqual(["P1", "P2", "P3"]);
  const { session } = now;
  await show(undefined);
  expect(session?.connection.state).toBe("closed");
  expect(now.session).toBeUndefined();
});

test("useSession passes each event to the handlers of the last render", async () => {
  const element = document.createElement("div");
  await act(async () => root.unmount());
  root = createRoot(element);
  await show(invite);
  await act(() => sockets[0]!.welcome({ cursor: cursor(10) }));
  await act(async () => sockets[0]!.say(event(11)));
  await act(async () => sockets[0]!.say(event(12)));
  expect(element.textContent).toMatch(/^live \d 2$/);
});

test("useSession passes its handlers everything, with the session", async () => {
  await show(invite);
  await act(() => sockets[0]!.welcome({ cursor: cursor(10), resume: "new" }));
  await show(undefined);
  // The first "closed" is from StrictMode, which unmounts and mounts again at once.
  expect(heard).toEqual(["closed", "live", `welcome new ${me}`, "closed"]);
});

test("useSession returns the new welcome after a gap, and passes it to its handlers", async () => {
  await show(invite);
  await act(() => sockets[0]!.welcome({ cursor: cursor(10), resume: "new" }));
  await act(() => sockets[0]!.breakWith(1006));
  expect(now.connection.state).toBe("reconnecting");
  await act(() => vi.advanceTimersByTimeAsync(1_000));
  await act(() => sockets[1]!.welcome({ cursor: cursor(90), resume: "gap", presence: ["P7"] }));
  expect(now).toMatchObject({ welcome: { resume: "gap" }, presence: ["P7"] });
  expect(heard.slice(-2)).toEqual(["live", `welcome gap ${me}`]);
});

test("useSession opens another session for another link", async () => {
  await show(invite);
  const first = now.session;
  await show(invite.replace("INVITE", "OTHER"));
  expect(first?.connection.state).toBe("closed");
  expect(now.session).not.toBe(first);
  expect(sockets).toHaveLength(2);
});
