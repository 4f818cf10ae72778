import { shorten } from "../core/format.ts";
import { useKept } from "../parts/kept.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { Talk } from "./Talk.tsx";

/** A message of a person. Of a very long one only the beginning is shown at first. */
export function LongText({ text }: { text: string }) {
  const [all, setAll] = useKept("all of it", false);
  const short = shorten(text);
  const shown = all || short === text ? text : `${short}…`;
  return (
    <>
      <Talk text={shown} />
      {short !== text && (
        <TextButton aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t.tool.fewer : t.agentSays.whole}
        </TextButton>
      )}
    </>
  );
}
