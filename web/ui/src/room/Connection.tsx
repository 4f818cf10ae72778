import { useEffect, useState } from "react";

import type { ConnectionState } from "parley-client";

import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";
import "./Connection.css";

/** The state of the connection. It stands out only if the connection is lost. */
export function Connection({ state: c, ended }: { state: ConnectionState; ended: boolean }) {
  const tools = useTools();
  const waits = c.state === "reconnecting" || c.state === "connecting" ? c.retryInMs : undefined;
  const left = useCountdown(c, waits);
  if (ended || c.state === "closed")
    return <span className="connection conn-closed">{t.connection.readOnly}</span>;
  if (c.state === "live") return <span className="connection conn-live">{t.connection.live}</span>;
  if (c.state === "fallback") {
    return (
      <span className="connection conn-fallback" title={t.connection.fallbackAbout}>
        {t.connection.live}
        <span className="wide">{t.connection.fallback}</span>
      </span>
    );
  }
  if (c.state === "connecting")
    return <span className="connection conn-lost">{t.connection.connecting}</span>;
  return (
    <span className="connection conn-lost" role="status">
      {t.connection.lost}
      <span className="wide">{left > 0 ? t.connection.retry(left) : t.connection.again}</span>
      {left > 2 && <TextButton onClick={() => tools.client.retryNow()}>{t.retry}</TextButton>}
    </span>
  );
}

/** Returns how many seconds are left of a wait that began with that state. */
function useCountdown(state: unknown, ms: number | undefined): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (ms === undefined) {
      setLeft(0);
      return;
    }
    const end = Date.now() + ms;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, [state, ms]);
  return left;
}
