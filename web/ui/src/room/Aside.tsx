import { percentUsed } from "../core/agent.ts";
import type { Room } from "../core/room.ts";
import { t } from "../texts.ts";
import { Deciders } from "./Deciders.tsx";
import { Steps } from "./items/Plan.tsx";
import { People } from "./People.tsx";
import "./Aside.css";

/** Shows the people in the session, the plan of the agent and its use of the context. */
export function Aside({ room, host }: { room: Room; host: boolean }) {
  const { plan } = room.timeline;
  const percent = percentUsed(room.agent.usage);
  return (
    <div className="aside-inside">
      <section aria-label={t.room.people}>
        <h2>{t.room.people}</h2>
        <Deciders room={room} />
        <People room={room} host={host} />
      </section>
      {plan && plan.length > 0 && (
        <section aria-label={t.people.plan}>
          <h2>
            {t.people.plan}
            <span className="soft">
              {t.people.done(plan.filter((e) => e.status === "completed").length, plan.length)}
            </span>
          </h2>
          <Steps entries={plan} />
        </section>
      )}
      {percent !== null && percent > 0 && (
        <section aria-label={t.people.usage}>
          <h2>
            {t.people.usage}
            <span className="soft">{t.facts.percent(percent)}</span>
          </h2>
          <div className="usage" aria-hidden="true">
            <div style={{ width: `${Math.min(100, percent)}%` }} />
          </div>
        </section>
      )}
    </div>
  );
}
