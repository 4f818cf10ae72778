import { describe, expect, test } from "vitest";
import { eventNumber } from "../src/cursor.js";
import { formatLink, parseLink } from "../src/index.js";
import { EventReader } from "../src/sse.js";
import { cursor } from "./fake/socket.js";

describe("a link", () => {
  const session = "1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11";
  test.each([
    [`https://host/s/${session}#i=INVITE`, { server: "https://host", invite: "INVITE" }],
    [
      ` http://host:1/a/s/b/s/${session}/#p=ID:a:b `,
      { server: "http://host:1/a/s/b", participant: { id: "ID", token: "a:b" } },
    ],
  ])("is read: %s", (text, want) => {
    expect(parseLink(text)).toEqual({ session, ...want });
    expect(parseLink(formatLink(parseLink(text)))).toEqual(parseLink(text));
  });

  test.each([
    "",
    "hello",
    `https://host/s/${session}`,
    `https://host/s/${session}#i=`,
    `https://host/s/${session}#p=ID`,
    `https://host/s/${session}#p=:SECRET`,
    `https://host/s/other#i=SECRET`,
    `https://host/${session}#i=SECRET`,
    `https://user:SECRET@host/s/${session}#i=SECRET`,
    `javascript:alert(1)//s/${session}#i=SECRET`,
    `ftp://host/s/${session}#i=SECRET`,
  ])("that is none is refused without showing the secret: %s", (text) => {
    expect(() => parseLink(text)).toThrow(TypeError);
    expect(() => parseLink(text)).not.toThrow(/SECRET/);
  });
});

describe("a cursor", () => {
  test.each([0, 1, 255, 65_536, 4_294_967_296, Number.MAX_SAFE_INTEGER])("bears number %d", (n) => {
    expect(eventNumber(cursor(n))).toBe(n);
  });

  test.each(["", "A", "AAAAAAAAAA", "!AAAAAAAAAAAAA"])("that is none bears none: %s", (text) => {
    expect(eventNumber(text)).toBeNaN();
  });
});

describe("an event stream", () => {
  const stream =
    ': hi\r\n\r\nid: 1\r\ndata: {"a":1}\r\n\r\ndata:x\ndata: y\n\nevent: z\rdata: é\r\rdata: cut';
  const want = ['{"a":1}', "x\ny", "é"];

  test("is read whole", () => {
    expect(new EventReader().push(stream)).toEqual(want);
  });

  test("is read wherever it is cut", () => {
    for (let cut = 0; cut < stream.length; cut++) {
      const reader = new EventReader();
      const parts = [stream.slice(0, cut), stream.slice(cut)];
      expect(parts.flatMap((part) => reader.push(part))).toEqual(want);
    }
  });
});
