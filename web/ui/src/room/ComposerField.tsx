import { Textarea } from "@mantine/core";
import { useState, type KeyboardEvent, type RefObject } from "react";

import type { AvailableCommand } from "parley-client";

import type { Target } from "../core/composed.ts";
import { isTouch } from "../core/enter.ts";
import type { Rights } from "../core/rights.ts";
import { commandIn, fileWordAt, suggestCommands, suggestFiles } from "../core/suggest.ts";
import { t } from "../texts.ts";
import { usePaste } from "./useAttach.ts";
import { AttachButtons } from "./AttachButtons.tsx";
import { CommandHint, Suggestions } from "./Suggestions.tsx";
import type { Draft } from "./useDraft.ts";
import { useFiles } from "./useFiles.ts";
import { useSuggestions } from "./useSuggestions.ts";

interface Props {
  area: RefObject<HTMLTextAreaElement | null>;
  to: Target;
  draft: Draft;
  rights: Rights;
  commands: readonly AvailableCommand[];
  /** Whether files can be attached. */
  attaches: boolean;
  /** Receives the keys that choose no suggestion. */
  onKeyDown(e: KeyboardEvent): void;
}

// Elsewhere the height is measured at each change, which takes a layout of the whole page.
const growsByItself = globalThis.CSS?.supports("field-sizing", "content") ?? false;

/** The text field, and above it suggestions for what the user is typing. */
export function ComposerField(props: Props) {
  const { area, to, draft, rights, commands, attaches, onKeyDown } = props;
  const onPaste = usePaste();
  const { text } = draft;
  const [cursor, setCursor] = useState(0);
  const at = Math.min(cursor, text.length);
  const word = to === "prompt" ? fileWordAt(text, at) : null;
  const files = useFiles(word && word.query);
  const found = word
    ? suggestFiles(word, files, (f) => (f.changed ? t.composer.changedFile : ""))
    : to === "prompt"
      ? suggestCommands(text, at, commands)
      : null;
  const suggestions = useSuggestions({ area, ...draft, found, setCursor });
  const command = to === "prompt" ? commandIn(draft.text, commands) : undefined;
  return (
    <>
      {suggestions.list ? (
        <Suggestions {...suggestions.list} />
      ) : (
        command && <CommandHint command={command} />
      )}
      <div className="composer-line">
        <Textarea
          ref={area}
          aria-label={t.composer.label[to]}
          placeholder={placeholder(to, rights)}
          enterKeyHint={isTouch() ? "enter" : "send"}
          value={draft.text}
          autosize={!growsByItself}
          minRows={1}
          maxRows={10}
          variant="unstyled"
          className="composer-area"
          classNames={{ input: "composer-input" }}
          {...suggestions.attributes}
          onChange={(e) =>
            suggestions.onWrite(e.currentTarget.value, e.currentTarget.selectionStart)
          }
          onSelect={(e) => suggestions.onSelect(e.currentTarget.selectionStart)}
          onBlur={suggestions.onBlur}
          onPaste={onPaste}
          onKeyDown={(e) => suggestions.onKey(e) || onKeyDown(e)}
        />
        {attaches && <AttachButtons />}
      </div>
    </>
  );
}

function placeholder(to: Target, rights: Rights): string {
  if (to === "chat") return t.composer.chatPlaceholder;
  return rights.prompt === "propose" ? t.composer.proposePlaceholder : t.composer.promptPlaceholder;
}
