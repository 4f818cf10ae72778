import { useEffect, useRef } from "react";

import type { AvailableCommand } from "parley-client";

import type { Suggestion, Suggestions as All } from "../core/suggest.ts";
import { marked } from "../core/visible.ts";
import { t } from "../texts.ts";
import "./Suggestions.css";

interface Props {
  /** The id of the list, to which the text field refers. */
  id: string;
  all: All;
  active: number;
  onActive(index: number): void;
  onChoose(suggestion: Suggestion): void;
}

/** Returns the id of a suggestion's element. */
export function optionId(list: string, index: number): string {
  return `${list}-${index}`;
}

/**
 * The suggestions for the word that is being typed. The text field keeps the focus and
 * handles the keys.
 */
export function Suggestions({ id, all, active, onActive, onChoose }: Props) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div className="suggestions">
      <ul ref={list} id={id} role="listbox" aria-label={t.composer.suggestions}>
        {all.list.map((s, i) => (
          <li
            key={s.name}
            id={optionId(id, i)}
            role="option"
            aria-selected={i === active}
            className="suggestion"
            onPointerMove={() => i !== active && onActive(i)}
            onMouseDown={(e) => e.preventDefault()} // the text field keeps the focus
            onClick={() => onChoose(s)}
          >
            <span className="mono suggestion-name">
              {marked(s.name)}
              {s.hint !== "" && <span className="suggestion-hint"> {marked(s.hint)}</span>}
            </span>
            <span className="suggestion-about cut">{marked(s.about)}</span>
          </li>
        ))}
      </ul>
      {all.more > 0 && <p className="suggestion-more">{t.composer.moreSuggestions(all.more)}</p>}
      <span className="hidden-visually" role="status">
        {t.composer.suggestionCount(all.list.length)}
      </span>
    </div>
  );
}

/** Says what the command at the beginning of the text does, and its argument. */
export function CommandHint({ command }: { command: AvailableCommand }) {
  return (
    <p className="reply-line command-hint">
      <span className="mono">/{marked(command.name)}</span>
      {command.hint !== "" && <span className="mono suggestion-hint">{marked(command.hint)}</span>}
      <span className="cut">{marked(command.description)}</span>
    </p>
  );
}
