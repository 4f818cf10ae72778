import { Button } from "@mantine/core";
import { useEffect } from "react";

import { server } from "../core/place.ts";
import type { StateName } from "../core/states.ts";
import { Icon, type IconName } from "../parts/Icon.tsx";
import { Page } from "../parts/Page.tsx";
import { t } from "../texts/outside.ts";
import "./StatePage.css";

const icons: Partial<Record<StateName, IconName>> = {
  left: "leave",
  leftHost: "leave",
  ended: "clock",
  expired: "clock",
  full: "people",
  taken: "people",
  notFound: "search",
};

/** Something that the user can do next. */
export interface Choice {
  label: string;
  act(): void;
}

interface Props {
  state: StateName;
  /** The title of the session. */
  session?: string | undefined;
  /** The reason that another person gave. */
  reason?: string | undefined;
  choices: readonly Choice[];
}

/** Says why the user is not in the session, and what to do. */
export function StatePage({ state, session, reason, choices }: Props) {
  const words = t.state[state];
  useEffect(() => {
    document.title = `${words.title} · ${t.app}`;
  }, [words]);
  return (
    <Page narrow>
      <div className="state-page">
        <span className="state-icon">
          <Icon name={icons[state] ?? "link"} size={26} />
        </span>
        {session && (
          <p className="state-session cut" dir="auto">
            {session}
          </p>
        )}
        <h1>{words.title}</h1>
        {reason && (
          <p className="state-reason" dir="auto">
            {t.state.because(reason)}
          </p>
        )}
        <p className="soft">{words.about}</p>
        <div className="state-actions">
          {choices.map(({ label, act }, i) => (
            <Button key={label} onClick={act} variant={i === 0 ? "filled" : "default"}>
              {label}
            </Button>
          ))}
          <Button
            component="a"
            href={`${server()}/`}
            variant={choices.length > 1 ? "subtle" : "default"}
          >
            {t.home}
          </Button>
        </div>
      </div>
    </Page>
  );
}
