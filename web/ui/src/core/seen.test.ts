import { expect, test } from "vitest";

import { settleMs } from "./guard.ts";
import { Seen } from "./seen.ts";

test("a new value is seen only after a moment", () => {
  const seen = new Seen("propose");
  expect(seen.at(0)).toBe("propose");
  seen.show("direct", 1_000);
  expect(seen.at(1_000 + settleMs - 1)).toBe("propose");
  seen.show("direct", 1_000 + settleMs - 1); // it is shown already
  expect(seen.at(1_000 + settleMs)).toBe("direct");
});

test("a value that disappears too fast is never seen", () => {
  const seen = new Seen("propose");
  seen.show("direct", 1_000);
  seen.show("no", 1_100);
  expect(seen.at(1_200)).toBe("propose");
  seen.show("propose", 1_300);
  expect(seen.at(1_400)).toBe("propose");
});
