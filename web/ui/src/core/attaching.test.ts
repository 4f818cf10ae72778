import { expect, test } from "vitest";

import type { Content } from "parley-client";

import { Attachments, blockOf, type Attaching } from "./attaching.ts";
import { fitting, kindOf } from "./support.ts";
import type { KeptText } from "./tabStorage.ts";

function kept(text: string | null = null): KeptText & { text: string | null } {
  const k = {
    text,
    read: () => k.text,
    write: (now: string | null) => void (k.text = now),
  };
  return k;
}

interface Upload {
  name: string;
  signal: AbortSignal;
  progress(sent: number): void;
  ok(content: Content): void;
  fail(error: unknown): void;
}

/** Attachments whose server answers when the test says so. */
function attachments(place = kept(), maxFiles = 6) {
  const uploads: Upload[] = [];
  const all = new Attachments(
    place,
    {
      upload: (file, progress, signal) =>
        new Promise((ok, fail) => uploads.push({ name: file.name, signal, progress, ok, fail })),
      why: String,
      refuses: (file) => (file.size > 10 ? "too large" : null),
    },
    maxFiles,
  );
  return { all, uploads, place };
}

const file = (name: string, size = 3) => new File(["x".repeat(size)], name);
const stored = (id: string): Content => ({ type: "attachment", id, name: `${id}.png`, size: 3 });
const settled = () => new Promise((done) => setTimeout(done));
const states = (all: Attachments) => all.snapshot().map((a: Attaching) => a.state);

test("three files are uploaded at a time, and the others follow", async () => {
  const { all, uploads } = attachments();
  expect(all.add(["a", "b", "c", "d"].map((name) => file(name)))).toBe(0);
  expect(uploads.map((u) => u.name)).toEqual(["a", "b", "c"]);
  expect(all.settled).toBe(false);
  uploads[1]!.progress(2);
  expect(all.snapshot()[1]!.sent).toBe(2);
  uploads[1]!.ok(stored("b"));
  await settled();
  expect(states(all)).toEqual(["uploading", "ready", "uploading", "uploading"]);
  all.remove(all.snapshot()[0]!.key);
  expect(uploads[0]!.signal.aborted).toBe(true);
  uploads[0]!.fail(new Error("aborted"));
  for (const u of uploads.slice(2)) u.ok(stored(u.name));
  await settled();
  expect(all.settled).toBe(true);
  expect(all.take().map((c) => c.id)).toEqual(["b", "c", "d"]);
  expect(all.snapshot()).toEqual([]);
});

test("a file that fails can be tried again, and one that is too large cannot", async () => {
  const { all, uploads } = attachments();
  all.add([file("large", 11), file("a")]);
  expect(uploads).toHaveLength(1);
  uploads[0]!.fail("no room");
  await settled();
  const [large, failed] = all.snapshot();
  expect([large!.error, large!.again]).toEqual(["too large", undefined]);
  expect([failed!.error, failed!.again]).toEqual(["no room", true]);
  all.retry(failed!.key);
  uploads[1]!.ok(stored("a"));
  await settled();
  expect(states(all)).toEqual(["failed", "ready"]);
});

test("too many files are counted, and what is ready survives a reload", async () => {
  const first = attachments(kept(), 2);
  expect(first.all.add(["a", "b", "c"].map((name) => file(name)))).toBe(1);
  first.uploads[0]!.ok(stored("a"));
  await settled();
  const again = attachments(first.place, 2);
  expect(again.all.snapshot().map((a) => [a.name, a.state])).toEqual([["a.png", "ready"]]);
  again.all.putBack([
    stored("a"),
    { type: "resource_link", path: "b.go", name: "b.go" },
    stored("x"),
    stored("y"),
  ]);
  expect(again.all.take().map((c) => c.id)).toEqual(["a", "x"]);
  expect(first.place.text).toBe(null);
  expect(attachments(kept("{")).all.snapshot()).toEqual([]);
  expect(attachments(kept('[1,{"type":"attachment"}]')).all.snapshot()).toEqual([]);
});

test("a block has what its type needs", () => {
  expect(blockOf({ ...stored("a"), asFile: true, sha256: "0" })).toEqual({
    type: "attachment",
    id: "a",
    asFile: true,
  });
  const link: Content = { type: "resource_link", path: "a.go", name: "a.go" };
  expect(blockOf(link)).toEqual(link);
});

test("an image becomes a file for an agent that takes none", () => {
  const image: Content = { ...stored("a"), mimeType: "image/png" };
  const agent = (capabilities?: unknown) =>
    ({ status: "idle", ...(capabilities !== undefined && { capabilities }) }) as never;
  expect(fitting(image, agent()).asFile).toBe(undefined);
  expect(fitting(image, agent({})).asFile).toBe(true);
  expect(fitting(image, agent({ promptCapabilities: { image: true } })).asFile).toBe(undefined);
  expect(fitting(image, agent({ session: { prompt: { image: {} } } })).asFile).toBe(undefined);
  expect(kindOf({ ...image, mimeType: "image/svg+xml" })).toBe("file");
});
