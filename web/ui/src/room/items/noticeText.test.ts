import { expect, test } from "vitest";

import { ann, olga } from "../../core/fixtures.ts";
import { sentence } from "./noticeText.ts";

const people = (...moves: [who: typeof ann, joined: boolean][]) =>
  sentence({ what: "people", moves: moves.map(([who, joined]) => ({ who, joined })) }, undefined);

test("a notice about people says once of each what has become of them", () => {
  const [ben, cleo] = ["Ben", "Cleo"].map((name) => ({ ...ann, userId: name, displayName: name }));
  expect(people([ann, true], [olga, true])).toBe("Ann and Olga joined");
  expect(people([ann, true], [olga, false])).toBe("Ann joined; Olga left");
  expect(people([ann, true], [ann, false])).toBe("Ann joined and left");
  expect(people([ann, false], [ann, true])).toBe("Ann left and came back");
  expect(people([ann, true], [olga, true], [ben!, true], [cleo!, true])).toBe(
    "Ann, Olga, Ben and Cleo joined",
  );
  const eve = { ...ann, userId: "eve", displayName: "Eve" };
  expect(people([ann, true], [olga, true], [ben!, true], [cleo!, true], [eve, true])).toBe(
    "Ben, Cleo, Eve and 2 others joined",
  );
});
