import { useEffect, useState } from "react";

import {
  isKnownEvent,
  ParleyError,
  type ChangedFile,
  type ChangesAnswer,
  type SessionEvent as KnownEvent,
} from "parley-client";

import { t } from "../../texts.ts";
import { useTools } from "../context.ts";

export interface Which {
  scope: "all" | "uncommitted" | "turn";
  /** The id of a prompt's approval; empty unless the scope is a turn. */
  turn: string;
}

interface State {
  answer: ChangesAnswer | null;
  /** What the answer is for. */
  which: Which | null;
  error: string;
  loading: boolean;
  /** Whether a turn has ended since. */
  stale: boolean;
}

const nothing: State = { answer: null, which: null, error: "", loading: true, stale: false };

/** Reads changes, and keeps the marks of the files up to date. */
export function useChanges(which: Which) {
  const { client } = useTools();
  const [state, setState] = useState(nothing);
  const [attempt, setAttempt] = useState(0);
  const { scope, turn } = which;
  const change = (next: Partial<State>) => setState((s) => ({ ...s, ...next }));

  useEffect(() => {
    const over = new AbortController();
    change({ loading: true, error: "" });
    const query = scope === "turn" ? { scope, turn } : { scope };
    client.changes(query, { signal: over.signal }).then(
      (answer) => change({ answer, which: { scope, turn }, loading: false, stale: false }),
      (error: unknown) => over.signal.aborted || change({ loading: false, error: reasonOf(error) }),
    );
    return () => over.abort();
  }, [client, scope, turn, attempt]);

  useEffect(
    () =>
      client.on("event", (e) => {
        if (!isKnownEvent(e)) return;
        if (e.type === "prompt_dispatch_completed" || e.type === "prompt_dispatch_failed")
          change({ stale: true });
        else if (e.type === "file_reviewed")
          setState((s) => ({ ...s, answer: s.answer && withMark(s.answer, e) }));
      }),
    [client],
  );

  /** Replaces the patch of a file by a longer one. */
  const readWhole = async (file: ChangedFile) => {
    const query = scope === "turn" ? { scope, turn } : { scope };
    const { files } = await client.changes({ ...query, path: file.path });
    const whole = files.find((f) => f.path === file.path);
    setState((s) => {
      // A later version is shown only together with the other files.
      const same = whole?.version === file.version;
      if (!s.answer || !whole || !same) return { ...s, stale: true };
      const known = s.answer.files.map((f) => (f.path === whole.path ? whole : f));
      return { ...s, answer: { ...s.answer, files: known } };
    });
  };
  return { ...state, reload: () => setAttempt((n) => n + 1), readWhole };
}

function reasonOf(error: unknown): string {
  return t.review.failed(error instanceof ParleyError ? error.message : String(error));
}

type Reviewed = Extract<KnownEvent, { type: "file_reviewed" }>;

function withMark(answer: ChangesAnswer, e: Reviewed): ChangesAnswer {
  const { path, version, reviewed, participant } = e.payload;
  const marks = answer.marks.filter((m) => m.path !== path || m.version !== version);
  const mark = { path, version, participant, at: e.timestamp };
  return { ...answer, marks: reviewed ? [...marks, mark] : marks };
}
