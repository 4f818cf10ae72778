import type { ReactNode } from "react";

import type { Item } from "parley-client/view";
import type { Rights } from "../core/rights.ts";
import type { Room } from "../core/room.ts";
import { AgentWaits, agentWaits } from "./AgentWaits.tsx";
import { LooksAt } from "./LooksAt.tsx";
import { Counter } from "./Counter.tsx";
import { NobodyDecides } from "./Deciders.tsx";
import { Queue } from "./Queue.tsx";
import { RefusedMode, refusesMode } from "./RefusedMode.tsx";
import { SignIn, wantsSignIn } from "./SignIn.tsx";
import { mayStopTurn } from "./roomView.ts";
import { Typing } from "./Typing.tsx";
import "./Dock.css";

interface Props {
  room: Room;
  items: readonly Item[];
  rights: Rights;
  /** Opens a question about the agent's process. */
  ask(which: "stop" | "restart"): void;
  /** Called with the id of a waiting approval or question. */
  onShow(id: string): void;
  /** The composer. */
  children: ReactNode;
}

/** What stands below the conversation: what waits, who types, and the composer. */
export function Dock({ room, items, rights, ask, onShow, children }: Props) {
  return (
    <div className="dock">
      <Queue room={room} rights={rights} />
      <div className="dock-line">
        {wantsSignIn(room) ? (
          <SignIn room={room} host={rights.host} />
        ) : refusesMode(room) ? (
          <RefusedMode room={room} host={rights.host} />
        ) : agentWaits(room) ? (
          <AgentWaits
            room={room}
            host={rights.host}
            mayStop={mayStopTurn(room, rights)}
            ask={ask}
          />
        ) : (
          <Typing room={room} />
        )}
        <LooksAt room={room} />
        <NobodyDecides room={room} />
        {rights.host && <Counter room={room} items={items} onShow={onShow} />}
      </div>
      <div id="composer">{children}</div>
    </div>
  );
}
