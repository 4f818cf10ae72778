/** The texts of the pages outside of a room, which load before anything else. */

import { common } from "./common.ts";
import { errors } from "./errors.ts";
import { connection, join, state } from "./session.ts";

export const t = { ...common, connection, join, state, errors };
