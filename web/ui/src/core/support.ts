/** What an agent takes in a prompt, and how a file reaches it. */

import type { Agent, Content } from "parley-client";
import { isObject } from "parley-client/view";

/** Returns how an attachment is to be shown: by its type, which the server has determined. */
export function kindOf(c: Content): "image" | "audio" | "file" {
  const type = c.mimeType ?? "";
  if (["image/png", "image/jpeg", "image/gif", "image/webp"].includes(type)) return "image";
  return type.startsWith("audio/") ? "audio" : "file";
}

/** Whether the agent takes images or audio; unknown capabilities count as all. */
export function takes(agent: Agent, kind: "image" | "audio"): boolean {
  const capabilities: unknown = agent.capabilities;
  if (!isObject(capabilities)) return true;
  const { promptCapabilities: first, session } = capabilities;
  const second = isObject(session) ? session.prompt : undefined;
  return (isObject(first) && first[kind] === true) || (isObject(second) && isObject(second[kind]));
}

/** Returns an attachment in the form in which the agent takes it. */
export function fitting(c: Content, agent: Agent): Content {
  const kind = kindOf(c);
  return c.type === "attachment" && kind !== "file" && !takes(agent, kind)
    ? { ...c, asFile: true }
    : c;
}
