/** All texts of the application, in one place for translators. */

import { attach } from "./texts/attach.ts";
import { bell } from "./texts/bell.ts";
import { common } from "./texts/common.ts";
import { composer, unsent } from "./texts/composer.ts";
import { tool, code, whole, hidden } from "./texts/content.ts";
import { waiting, permission } from "./texts/decisions.ts";
import { forms } from "./texts/forms.ts";
import { errors } from "./texts/errors.ts";
import { review } from "./texts/review.ts";
import {
  waits,
  refusedMode,
  signIn,
  room,
  facts,
  connection,
  people,
  shortcuts,
} from "./texts/room.ts";
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
import { invite, join, state } from "./texts/session.ts";
import { start, operator, running, share, directory } from "./texts/start.ts";

export const t = {
  ...common,
  start,
  operator,
  running,
  share,
  directory,
  invite,
  join,
  state,
  waits,
  refusedMode,
  signIn,
  room,
  facts,
  connection,
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
  errors,
};
