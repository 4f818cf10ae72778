import type { ToolContent } from "parley-client/view";
import { commandOf, isShownBy, type Command } from "../core/command.ts";
import { bytes, pretty } from "../core/format.ts";
import { changeText, placeText } from "../core/files.ts";
import type { Call } from "parley-client/view";
import { isDiff } from "parley-client/view";
import { countHidden } from "../core/visible.ts";
import { Fold } from "../parts/Fold.tsx";
import { t } from "../texts.ts";
import { Changes } from "./Changes.tsx";
import { Parts } from "./Parts.tsx";
import { LazyDiff } from "./LazyDiff.tsx";
import { OneBlock } from "./Blocks.tsx";
import { decided, WholeText } from "./WholeText.tsx";
import "./CallView.css";

/**
 * Shows everything about a tool call that people decide on: its command, its diffs, or
 * its raw input.
 */
export function CallView({ call }: { call: Call }) {
  const command = commandOf(call.input);
  const known = command !== null || call.content.some(isDiff);
  return (
    <div className="call">
      {call.title !== command?.text && (
        <WholeText
          text={call.title || t.tool.untitled}
          label={t.tool.title}
          mono={!known}
          {...decided}
        />
      )}
      {command !== null && <CommandView command={command} />}
      <Places places={placesOf(call)} />
      <Parts of={call.content}>{(c) => <Content content={c} />}</Parts>
      <Rest
        input={command === null ? call.input : command.rest}
        folded={command === null && isShownBy(call.input, call.content)}
      />
    </div>
  );
}

function Content({ content: c }: { content: ToolContent }) {
  if (c.type === "diff") {
    return <LazyDiff path={c.path} oldText={c.oldText} newText={c.newText} isDecided />;
  }
  if (c.type === "changes") return <Changes content={c} isDecided />;
  if (c.type === "block" && (c.block.type === "image" || c.block.type === "audio"))
    return <OneBlock block={c.block} />;
  const text = textOf(c);
  return text === "" ? null : <WholeText text={text} label={t.whole.text} {...decided} />;
}

/**
 * Returns the text of a part as the agent wrote it. Rendered markdown would hide
 * comments and the targets of links.
 */
function textOf(c: ToolContent): string {
  if (c.type === "terminal") return "";
  if (c.type === "diff") return [c.path, c.oldText ?? "", c.newText].join("\n");
  if (c.type === "changes") return [...c.changes.map(changeText), c.patch ?? ""].join("\n");
  if (c.type === "unknown") return pretty(c.raw);
  const b = c.block;
  if (b.type === "text") return b.text;
  if (b.type === "link") return [...new Set([b.title, b.uri, b.description])].join("\n").trim();
  if (b.type === "resource") return `${b.uri}\n${b.text}`;
  if (b.type === "binary")
    return `${t.agentSays.binary[b.of]}, ${b.mimeType}, ${bytes(b.size)}\n${b.uri}`.trim();
  return b.type === "unknown" ? pretty(b.raw) : "";
}

function CommandView({ command: c }: { command: Command }) {
  return (
    <div className="call-command">
      <WholeText text={c.text} label={t.tool.command} mono {...decided} />
      {c.cwd !== null && (
        <div className="command-detail">
          {t.tool.cwd} <WholeText text={c.cwd} label={t.tool.cwd} mono {...decided} />
        </div>
      )}
      {c.env.length > 0 && (
        <div className="command-detail">
          {t.tool.env} <WholeText text={c.env.join("\n")} label={t.tool.env} mono {...decided} />
        </div>
      )}
    </div>
  );
}

function Places({ places }: { places: readonly string[] }) {
  if (places.length === 0) return null;
  return (
    <div className="command-detail">
      {t.tool.files} <WholeText text={places.join("\n")} label={t.tool.files} mono {...decided} />
    </div>
  );
}

// A diff shows its path itself.
function placesOf(call: Call): string[] {
  const said = new Set(call.content.flatMap(pathsOf));
  return call.places.filter((p) => !said.has(p.path)).map(placeText);
}

function pathsOf(c: ToolContent): string[] {
  if (c.type === "diff") return [c.path];
  return c.type === "changes" ? c.changes.map((change) => change.path) : [];
}

// An input up to this length is not folded.
const shortInput = 400;

/** The remaining input. It is never left out, and folded only if a diff shows the same. */
function Rest({ input, folded }: { input: unknown; folded: boolean }) {
  if (input === undefined || input === null || isEmpty(input)) return null;
  const text = typeof input === "string" ? input : pretty(input);
  const json = <WholeText text={text} label={t.tool.input} mono {...decided} />;
  return folded && text.length > shortInput ? (
    <Fold name="rest" summary={t.tool.restOf(text.length)} className="fold-quiet">
      {json}
    </Fold>
  ) : (
    json
  );
}

function isEmpty(v: unknown): boolean {
  return typeof v === "object" && v !== null && Object.keys(v).length === 0;
}

/** Returns the number of hidden characters in everything that a call shows. */
export function hiddenIn(call: Call): number {
  const command = commandOf(call.input);
  const texts = [call.title, ...call.places.map(placeText)];
  if (command) texts.push(command.text, command.cwd ?? "", ...command.env);
  const rest = command ? command.rest : call.input;
  texts.push(typeof rest === "string" ? rest : pretty(rest));
  texts.push(...call.content.map(textOf));
  return texts.reduce((n, text) => n + countHidden(text), 0);
}
