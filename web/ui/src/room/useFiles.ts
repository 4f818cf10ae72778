import { useEffect, useState } from "react";

import type { FileEntry } from "parley-client";

import { useTools } from "./context.ts";

interface Found {
  query: string;
  files: readonly FileEntry[];
}

// So that a name that is typed fast asks once.
const pauseMs = 120;
const maxKnown = 500;
const none: readonly FileEntry[] = [];

/**
 * Returns the files of the agent's working directory whose paths contain a text, as far as
 * they have been received; null asks for none. Prompts link the files that were received.
 */
export function useFiles(query: string | null): readonly FileEntry[] {
  const { client, writing } = useTools();
  const [found, setFound] = useState<Found>({ query: "", files: [] });
  useEffect(() => {
    if (query === null) return;
    const over = new AbortController();
    const ask = () =>
      client.files(query, { signal: over.signal }).then(
        ({ files }) => {
          if (writing.files.size > maxKnown) writing.files.clear();
          for (const f of files) writing.files.add(f.path);
          setFound({ query, files });
        },
        () => {}, // the prompt can be sent without
      );
    const timer = setTimeout(() => void ask(), pauseMs);
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [client, writing, query]);
  return found.query === query ? found.files : none;
}
