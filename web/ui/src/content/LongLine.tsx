import { characterEnd } from "../core/chunks.ts";
import { useKept } from "../parts/kept.tsx";
import { TextButton } from "../parts/TextButton.tsx";
import { t } from "../texts.ts";
import { Visible } from "./Visible.tsx";

// More than a browser lays out quickly, and than anyone reads in one line.
const max = 4_000;

/** A line of code. Of a very long line the beginning is shown, and more on demand. */
export function LongLine({ text, name }: { text: string; name: string }) {
  const [count, setCount] = useKept(name, max);
  const end = text.length > count ? characterEnd(text, count) : text.length;
  return (
    <>
      <Visible text={text.slice(0, end)} />
      {end < text.length && (
        <TextButton onClick={() => setCount(count * 4)}>
          {t.whole.more(text.length - end)}
        </TextButton>
      )}
    </>
  );
}
