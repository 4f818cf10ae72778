import type { PermissionRow } from "parley-client/view";

import { decided, WholeText } from "../../content/WholeText.tsx";
import { Part } from "../../parts/kept.tsx";
import { t } from "../../texts.ts";

/** Returns the title and the description of a question as far as its tool call does not have them. */
export function questionTexts({ title, description, call }: PermissionRow): string[] {
  return [title === call.title ? "" : title, description].filter((text) => text !== "");
}

/** Shows the title and the description of a question. */
export function QuestionText({ row }: { row: PermissionRow }) {
  return questionTexts(row).map((text, i) => (
    <Part key={i} name={`question ${i}`}>
      <WholeText text={text} label={t.waiting.question} {...decided} />
    </Part>
  ));
}
