/** All texts of the application, in one place for translators. */

import { attach } from "./texts/attach.ts";
import { bell } from "./texts/bell.ts";
import { composer, unsent } from "./texts/composer.ts";
import { tool, code, whole, hidden } from "./texts/content.ts";
import { waiting, permission } from "./texts/decisions.ts";
import { forms } from "./texts/forms.ts";
import { review } from "./texts/review.ts";
import { waits, refusedMode, signIn, room, facts, people, shortcuts } from "./texts/room.ts";
import {
  chat,
  prompt,
  redaction,
  queue,
  turn,
  agentSays,
  plan,
  compaction,
  other,
  notice,
} from "./texts/rows.ts";
import { t as outside } from "./texts/outside.ts";
import { invite } from "./texts/session.ts";
import { start, operator, running, share, directory } from "./texts/start.ts";

export const t = {
  ...outside,
  start,
  operator,
  running,
  share,
  directory,
  invite,
  waits,
  refusedMode,
  signIn,
  room,
  facts,
  people,
  shortcuts,
  composer,
  attach,
  unsent,
  waiting,
  permission,
  forms,
  chat,
  prompt,
  redaction,
  queue,
  turn,
  agentSays,
  plan,
  compaction,
  other,
  notice,
  tool,
  code,
  whole,
  hidden,
  bell,
  review,
};
