export { connect, SessionClient, type Removal } from "./session.js";
export type { UploadOptions } from "./attachments.js";
export { contentLabel, formatSize, nameContent, withoutLabels } from "./content.js";
export type {
  CallOptions,
  CommandAnswer,
  CommandName,
  CommandPayload,
  FormValue,
} from "./commands.js";
export { ParleyError, type ErrorCode } from "./errors.js";
export { formatLink, parseLink, type Credentials, type Link } from "./link.js";
export { followQueue } from "./queue.js";
export type { Options, WebSocketConstructor, WebSocketLike } from "./options.js";
export { Server, type Shared, type StartOptions } from "./server.js";
export type { RequestOptions, ServerOptions } from "./ask.js";
export type { Signal, Signals } from "./signals.js";
export type { StreamSlots } from "./slots.js";
export {
  isKnownEvent,
  type CloseReason,
  type ConnectionState,
  type SessionEvents,
  type UnknownLine,
} from "./state.js";
export type * from "./protocol.gen.js";
