import { ActionIcon, Button } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";

import type { Participant } from "parley-client";

import { nameOf } from "../core/name.ts";
import { Face } from "../parts/Face.tsx";
import { Fold } from "../parts/Fold.tsx";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { useTools } from "./context.ts";

const page = 50;

interface Props {
  /** How many guests have left. */
  left: number;
  /** Changes when something happens to one of them. */
  changes: number;
  onRemove(person: Participant): void;
}

/** Lists the guests who have left: they can read until the host removes them. */
export function Departed({ left, changes, onRemove }: Props) {
  if (left === 0) return null;
  return (
    <Fold name="departed" className="fold-quiet" summary={t.people.departed(left)}>
      <List changes={changes} onRemove={onRemove} />
    </Fold>
  );
}

interface Loaded {
  people: readonly Participant[];
  removed: ReadonlySet<string>;
  more: boolean;
}

/** The list is read from the journal in pages. */
function List({ changes, onRemove }: Omit<Props, "left">) {
  const { loaded, failed, load } = useDeparted(changes);
  return (
    <>
      <ul className="people">
        {loaded?.people.map((p) => (
          <Departee key={p.id} person={p} removed={loaded.removed.has(p.id)} onRemove={onRemove} />
        ))}
      </ul>
      {failed ? (
        <p className="soft" role="alert">
          {t.people.notLoaded}{" "}
          <Button size="compact-sm" variant="subtle" onClick={() => load(loaded)}>
            {t.people.tryAgain}
          </Button>
        </p>
      ) : (
        loaded?.more && (
          <Button size="compact-sm" variant="subtle" onClick={() => load(loaded)}>
            {t.people.more}
          </Button>
        )
      )}
    </>
  );
}

function useDeparted(changes: number) {
  const { client } = useTools();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failed, setFailed] = useState(false);
  const request = useRef<AbortController | null>(null);
  /** Loads the page after those, or the first one. Only the latest request counts. */
  const load = useCallback(
    (after: Loaded | null) => {
      request.current?.abort();
      const { signal } = (request.current = new AbortController());
      const before = after?.people.at(-1)?.id;
      client.people({ limit: page, ...(before && { before }) }).then(
        (answer) => {
          if (signal.aborted) return;
          setFailed(false);
          setLoaded({
            people: [...(after?.people ?? []), ...answer.participants],
            removed: new Set([...(after?.removed ?? []), ...answer.removed]),
            more: answer.more,
          });
        },
        () => signal.aborted || setFailed(true),
      );
    },
    [client],
  );
  useEffect(() => {
    load(null);
    return () => request.current?.abort();
  }, [load, changes]);
  return { loaded, failed, load };
}

interface DeparteeProps {
  person: Participant;
  removed: boolean;
  onRemove(person: Participant): void;
}

function Departee({ person: p, removed, onRemove }: DeparteeProps) {
  return (
    <li className="person person-away">
      <Face person={p} present={false} />
      <span className="person-name">
        <span className="cut" dir="auto" title={nameOf(p)}>
          {nameOf(p)}
        </span>
        {removed && <span className="person-role">{t.people.wasRemoved}</span>}
      </span>
      {!removed && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t.people.endReading(nameOf(p))}
          onClick={() => onRemove(p)}
        >
          <Icon name="cross" />
        </ActionIcon>
      )}
    </li>
  );
}
