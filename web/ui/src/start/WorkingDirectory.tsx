import { Autocomplete } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import type { AgentProfile, DirectoriesAnswer } from "parley-client";

import { listDirectories } from "../core/api.ts";
import { marked } from "../core/visible.ts";
import { errorText } from "../parts/toasts.ts";
import { t } from "../texts.ts";
import "./WorkingDirectory.css";

interface Props {
  agent: AgentProfile;
  /** What the user has entered; "" for the agent's own directory. */
  value: string;
  /** Whether the server has refused it. */
  refused: boolean;
  onChange(value: string): void;
}

/** Lets the user choose the directory in which an agent works, of those that the server allows. */
export function WorkingDirectory({ agent, value, refused, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const { found, error } = useDirectories(agent.name, value, open);
  const shown = marked(value);
  return (
    <Autocomplete
      label={t.directory.label}
      description={agent.cwd && t.directory.own(marked(agent.cwd))}
      placeholder={agent.cwd}
      value={value}
      maxLength={4096}
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      classNames={{ input: "path-field", description: "breaks", error: "breaks", option: "breaks" }}
      error={
        (refused && t.directory.refused(found?.roots.map(marked) ?? [])) ||
        (error !== "" && marked(error)) ||
        (shown !== value && shown)
      }
      data={found?.directories ?? []}
      // The server has chosen and ordered them.
      filter={({ options }) => options}
      renderOption={({ option }) => marked(option.value)}
      limit={200}
      maxDropdownHeight={220}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      onChange={onChange}
    />
  );
}

const typingMs = 150;

/** Returns the directories for what the user has typed, while they are wanted. */
function useDirectories(agent: string, query: string, wanted: boolean) {
  const [found, setFound] = useState<DirectoriesAnswer | null>(null);
  const [error, setError] = useState("");
  const asked = useRef(false);
  useEffect(() => {
    if (!wanted) return;
    const given = new AbortController();
    const ask = async () => {
      asked.current = true;
      try {
        setFound(await listDirectories(agent, query, given.signal));
        setError("");
      } catch (e) {
        if (given.signal.aborted) return;
        setFound(null);
        setError(errorText(e));
      }
    };
    const timer = setTimeout(() => void ask(), asked.current ? typingMs : 0);
    return () => {
      clearTimeout(timer);
      given.abort();
    };
  }, [agent, query, wanted]);
  return { found, error };
}
