import { ParleyError, type InvitationAnswer } from "parley-client";
import { describe, expect, test } from "vitest";

import { endOf, pauseBefore, reasonIn, refusal, stateFor } from "./states.ts";

describe("an invite", () => {
  const said: [string, string | null][] = [
    ["INVALID_INVITE_TOKEN", "wrongInvite"],
    ["SESSION_NOT_FOUND", "notFound"],
    ["SESSION_INACTIVE", "ended"],
    ["ORIGIN_NOT_ALLOWED", "failed"],
    ["A_CODE_OF_TOMORROW", "failed"],
  ];
  test.each(said)("is refused by %s", (code, page) =>
    expect(refusal(new ParleyError(code, "no"))).toBe(page),
  );

  test("is not refused by an error that can be retried", () => {
    expect(refusal(new ParleyError("RATE_LIMITED", "slower", true, 3_000))).toBeNull();
    expect(refusal(new ParleyError("JOURNAL_UNAVAILABLE", "later", true))).toBeNull();
  });

  test("is not refused by an answer that is not the server's", () => {
    expect(refusal(new ParleyError("INTERNAL", "Bad Gateway"))).toBeNull();
    expect(refusal(new TypeError("Failed to fetch"))).toBeNull();
  });

  test("tells how the session has ended", () => {
    const with_ = (status: string) => ({ session: { status } }) as InvitationAnswer;
    expect(["active", "closed", "expired"].map((s) => endOf(with_(s)))).toEqual([
      null,
      "ended",
      "expired",
    ]);
  });
});

describe("the pause before the server is asked again", () => {
  const lost = new TypeError("Failed to fetch");

  test("grows up to a limit", () => {
    expect([1, 2, 3, 4, 5, 50, 5_000].map((n) => pauseBefore(n, lost))).toEqual([
      1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
    ]);
  });

  test("is as long as the server asks for", () => {
    const slower = new ParleyError("RATE_LIMITED", "slower", true, 40_000);
    expect(pauseBefore(1, slower)).toBe(40_000);
  });
});

test("each reason for not being in a session has its page", () => {
  expect(stateFor("refused", "INVALID_INVITE_TOKEN")).toBe("wrongInvite");
  expect(stateFor("removed", "PARTICIPANT_REMOVED")).toBe("removed");
  expect(stateFor("ended", "SESSION_INACTIVE")).toBe("ended");
  expect(stateFor("not_found", "SESSION_NOT_FOUND")).toBe("notFound");
  expect(stateFor("refused", "USER_ALREADY_JOINED")).toBe("taken");
  expect(stateFor("refused", "SOMETHING_NEW")).toBe("failed");
});

test("the reason of a removal is found in the server's message", () => {
  expect(reasonIn("the host has removed you: spam: twice")).toBe("spam: twice");
  expect(reasonIn("the host has removed you")).toBe("");
});
