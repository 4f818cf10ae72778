import type { Block } from "parley-client/view";
import { pretty } from "../core/format.ts";
import { t } from "../texts.ts";
import { Fold } from "../parts/Fold.tsx";
import { Part } from "../parts/kept.tsx";
import { RichText } from "./RichText.tsx";
import { BinaryData } from "./BinaryData.tsx";
import { ResourceLink } from "./ResourceLink.tsx";
import { Short } from "./Short.tsx";
import { WholeText } from "./WholeText.tsx";
import "./Blocks.css";

/** The parts of a message of the agent. */
export function Blocks({ blocks, open }: { blocks: readonly Block[]; open: boolean }) {
  return blocks.map((b, i) => (
    <Part key={i} name={`block ${i}`}>
      <OneBlock block={b} growing open={open && i === blocks.length - 1} />
    </Part>
  ));
}

interface OneProps {
  block: Block;
  growing?: boolean;
  open?: boolean;
}

export function OneBlock({ block: b, growing = false, open = false }: OneProps) {
  switch (b.type) {
    case "text":
      return <RichText text={b.text} from={b.from} growing={growing} open={open} />;
    case "image":
      return (
        <img
          className="picture"
          alt={t.agentSays.image}
          src={`data:${b.mimeType};base64,${b.data}`}
        />
      );
    case "audio":
      return (
        <audio
          className="sound"
          controls
          preload="metadata"
          aria-label={t.agentSays.audio}
          src={`data:${b.mimeType};base64,${b.data}`}
        />
      );
    case "link":
      return <ResourceLink link={b} />;
    case "binary":
      return <BinaryData data={b} />;
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
