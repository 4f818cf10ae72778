/** Runs before each test file. Modules such as people.ts are loaded once for all of a worker. */

import { letPeopleLeave } from "./people.ts";

letPeopleLeave();
