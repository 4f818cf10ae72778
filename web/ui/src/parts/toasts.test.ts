import { ParleyError } from "parley-client";
import { expect, test } from "vitest";

import { errorText } from "./toasts.ts";

test("an error with one meaning is told in the application's words", () => {
  expect(errorText(new ParleyError("SESSION_INACTIVE", "the session is closed"))).toBe(
    "The session is closed.",
  );
});

test("an error whose code has several meanings says what the server says", () => {
  const asked = "the agent has not answered the previous change of this option";
  expect(errorText(new ParleyError("TOO_MANY_PENDING", asked))).toBe(
    "The agent has not answered the previous change of this option.",
  );
  expect(errorText(new ParleyError("HOST_REQUIRED", "only the author can edit a prompt"))).toBe(
    "Only the author can edit a prompt.",
  );
  expect(errorText(new ParleyError("AGENT_FAILED", "it wrote: oh no!"))).toBe("It wrote: oh no!");
});

test("an error without a message is told in general words", () => {
  expect(errorText(null)).toBe("Something went wrong.");
  expect(errorText(new ParleyError("OTHER", ""))).toBe("Something went wrong.");
});
