import { Button } from "@mantine/core";
import { useEffect } from "react";

import { server } from "../core/place.ts";
import type { StateName } from "../core/states.ts";
import { Icon, type IconName } from "../parts/Icon.tsx";
import { Page } from "../parts/Page.tsx";
import { t } from "../texts.ts";

const icons: Partial<Record<StateName, IconName>> = {
  left: "leave",
  ended: "clock",
  expired: "clock",
  full: "people",
  taken: "people",
  notFound: "search",
};

/** Says why one is not in the session, and what to do. */
export function StatePage({
  state,
  onAgain,
}: {
  state: StateName;
  onAgain?: (() => void) | undefined;
}) {
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
        <h1>{words.title}</h1>
        <p className="soft">{words.about}</p>
        <div className="state-actions">
          {onAgain && (
            <Button onClick={onAgain}>
              {state === "taken"
                ? t.state.anotherName
                : state === "full" || state === "failed"
                  ? t.retry
                  : t.state.rejoin}
            </Button>
          )}
          {state === "protocol" && (
            <Button onClick={() => location.reload()}>{t.state.reload}</Button>
          )}
          <Button component="a" href={`${server()}/`} variant="default">
            {t.home}
          </Button>
        </div>
      </div>
    </Page>
  );
}
