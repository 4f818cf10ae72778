import { expect, test } from "vitest";

import type { ElicitationForm, FormField } from "parley-client";

import { contentOf, defaultsOf, hiddenInRequest, labelOf } from "./form.ts";

const form = (...fields: FormField[]): ElicitationForm => ({ fields });

test("a form begins with its defaults", () => {
  const filled = defaultsOf(
    form(
      { name: "a", type: "string", default: "x" },
      { name: "b", type: "integer", default: 3 },
      { name: "c", type: "boolean", default: false },
      { name: "d", type: "multi_select", default: ["p", "q"] },
      { name: "e", type: "string" },
    ),
  );
  expect({ ...filled }).toEqual({ a: "x", b: "3", c: "false", d: ["p", "q"] });
});

test.each<[string, FormField, string | string[] | undefined, unknown]>([
  ["a text", { name: "f", type: "string" }, "x", "x"],
  ["nothing", { name: "f", type: "string" }, undefined, undefined],
  ["an empty text", { name: "f", type: "string" }, "", undefined],
  ["a missing value", { name: "f", type: "string", required: true }, undefined, "mistake"],
  ["characters, not units", { name: "f", type: "string", maxLength: 1 }, "😀", "😀"],
  ["a long text", { name: "f", type: "string", maxLength: 1 }, "ab", "mistake"],
  ["a number", { name: "f", type: "number" }, " 1.5 ", 1.5],
  ["no number", { name: "f", type: "number" }, "one", "mistake"],
  ["a fraction", { name: "f", type: "integer" }, "1.5", "mistake"],
  ["an integer that no double has", { name: "f", type: "integer" }, "9007199254740993", "mistake"],
  ["a small number", { name: "f", type: "integer", minimum: 2 }, "1", "mistake"],
  ["no", { name: "f", type: "boolean" }, "false", false],
  ["an option without letters", { name: "f", type: "select", options: [{ value: "" }] }, "", ""],
  ["no options", { name: "f", type: "multi_select", minItems: 1 }, [], "mistake"],
  ["options", { name: "f", type: "multi_select", options: [] }, ["p"], ["p"]],
  ["a name of every object", { name: "constructor", type: "string" }, undefined, undefined],
])("%s", (_, field, given, want) => {
  const { content, mistakes } = contentOf(
    form(field),
    given === undefined ? {} : { [field.name]: given },
  );
  if (want === "mistake") expect(Object.keys(mistakes)).toEqual([field.name]);
  else
    expect([Object.keys(mistakes), { ...content }]).toEqual([
      [],
      want === undefined ? {} : { [field.name]: want },
    ]);
});

test("two fields of the same label can be told apart", () => {
  const two = form(
    { name: "old", type: "string", title: "Password" },
    { name: "new", type: "string", title: "Password" },
  );
  expect(two.fields.map((f) => labelOf(f, two))).toEqual(["Password (old)", "Password (new)"]);
});

test("hidden characters are counted in every text of a request", () => {
  const hidden = "a\u202eb";
  const request = {
    requestId: "q",
    mode: "form" as const,
    message: hidden,
    form: {
      title: hidden,
      description: hidden,
      fields: [
        {
          name: hidden,
          type: "select" as const,
          title: hidden,
          description: hidden,
          options: [{ value: hidden, title: hidden, description: hidden }],
        },
      ],
    },
  };
  expect(hiddenInRequest(request)).toBe(9);
});
