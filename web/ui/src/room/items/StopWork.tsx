import { TextButton } from "../../parts/TextButton.tsx";
import { t } from "../../texts.ts";
import { useDecider, useTools } from "../context.ts";

interface Props {
  work: { toolCallId: string } | { terminalId: string };
  /** Names the tool call or the terminal for screen readers. */
  name: string;
}

/** The host's button that stops one tool call or one terminal. */
export function StopWork({ work, name }: Props) {
  const { client, run } = useTools();
  const { stops } = useDecider();
  if (!stops) return null;
  return (
    <TextButton aria-label={t.tool.stopOne(name)} onClick={() => void run(client.stopWork(work))}>
      {t.tool.stop}
    </TextButton>
  );
}
