import type { Block } from "../core/acp.ts";
import { pretty } from "../core/format.ts";
import { t } from "../texts.ts";
import { Fold } from "../parts/Fold.tsx";
import { Part } from "../parts/kept.tsx";
import { RichText } from "./RichText.tsx";
import { SafeLink } from "./SafeLink.tsx";
import { Short } from "./Short.tsx";
import { WholeText } from "./WholeText.tsx";

/** Parts of what the agent says. */
export function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((b, i) => (
    <Part key={i} name={`block ${i}`}>
      <OneBlock block={b} growing />
    </Part>
  ));
}

export function OneBlock({ block: b, growing = false }: { block: Block; growing?: boolean }) {
  switch (b.type) {
    case "text":
      return <RichText text={b.text} growing={growing} />;
    case "image":
      return (
        <img
          className="picture"
          alt={t.agentSays.image}
          src={`data:${b.mimeType};base64,${b.data}`}
        />
      );
    case "link":
      return (
        <p>
          <SafeLink href={b.uri}>
            <Short text={b.title} />
          </SafeLink>
        </p>
      );
    case "resource":
      return (
        <Fold name="resource" summary={b.uri ? <Short text={b.uri} /> : t.agentSays.resource}>
          <WholeText text={b.text} label={t.agentSays.resource} mono />
        </Fold>
      );
    case "unknown":
      return (
        <Fold name="unknown" summary={t.agentSays.unknownBlock}>
          <WholeText text={pretty(b.raw)} label={t.whole.json} mono />
        </Fold>
      );
  }
}
