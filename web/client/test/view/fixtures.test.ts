import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyTimeline, apply } from "../../src/view/index.js";
import { directory, fixtures, viewOf, whole, type File } from "./fixtures.js";

// Set it to write what the fold makes of the events; then look at the difference.
const writes = process.env.WRITE_VIEW !== undefined;

for (const [file, content] of fixtures()) {
  test.each(content.cases)(`${file}: $name`, (one) => {
    const view = viewOf(apply(emptyTimeline, whole(one.events)));
    if (writes) one.view = view;
    expect(view).toEqual(one.view);
  });
  if (writes)
    test(`${file} is written`, () => {
      writeFileSync(join(directory, file), formatted(content));
    });
}

/** Returns a file with a line for each event and each row. */
function formatted({ about, cases }: File): string {
  const lines = (list: readonly unknown[]) => list.map((v) => JSON.stringify(v)).join(",\n");
  const texts = cases.map(({ name, events, view }) => {
    const { items, ...rest } = view as { items: unknown[] };
    const now = JSON.stringify(rest).slice(1);
    return `{"name":${JSON.stringify(name)},"events":[\n${lines(events)}],\n"view":{"items":[\n${lines(items)}],\n${now}}`;
  });
  return `{"about":${JSON.stringify(about)},"cases":[\n${texts.join(",\n")}]}\n`;
}
