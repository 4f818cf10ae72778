import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SessionEvents } from "../src/index.js";
import { judge } from "../src/verdict.js";
import { connectionLost } from "../src/errors.js";
import { decodeLine, encodeCommand, splitLines } from "../src/wire.js";
import { cursor, fakeSession, settled, testdata } from "./fake/socket.js";

const schema = JSON.parse(readFileSync(join(testdata, "../schema.json"), "utf8")) as object;
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(schema, "parley");

interface TranscriptLine {
  number: number;
  mark: string;
  text: string;
}

function transcript(name: string): TranscriptLine[] {
  // Split only at \n, since texts may contain U+2028.
  const lines = readFileSync(join(testdata, name), "utf8").split("\n");
  return lines.flatMap((line, i) => {
    const mark = line.split(" ", 1)[0] ?? "";
    return line && mark !== "#" ? [{ number: i + 1, mark, text: line.slice(mark.length + 1) }] : [];
  });
}

const names = readdirSync(testdata).filter((name) => name.endsWith(".txt"));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each(names)("%s", (name) => {
  const lines = transcript(name);

  test("has client lines that are encoded exactly so", () => {
    for (const { text } of lines.filter(({ mark }) => mark === ">")) {
      const command = JSON.parse(text) as { id: string; type: string; payload?: object };
      const written = encodeCommand(command.id, command.type, command.payload ?? {});
      expect(JSON.parse(written)).toEqual({ payload: {}, ...command });
    }
  });

  test("matches the schema that the types were generated from", () => {
    for (const { mark, number, text } of lines) {
      if (name === "unknown.txt" || ![">", "<"].includes(mark)) continue;
      const side = mark === ">" ? "ClientLine" : "ServerLine";
      const fits = ajv.validate(`parley#/$defs/${side}`, JSON.parse(text));
      expect(fits, `line ${number}: ${ajv.errorsText()}`).toBe(true);
    }
  });

  test("has server lines that are emitted unchanged, or answer a command", async () => {
    for (const { text } of lines.filter(({ mark }) => mark === "<")) {
      const line = decodeLine(text) as { type: string; payload: object };
      expect(line).toEqual(JSON.parse(text));
      expect([...splitLines(text)]).toEqual([text]);
      if (!["ok", "pong", "error", "welcome", "connected"].includes(line.type)) {
        expect(await heard(line)).toEqual(heardAs(line));
      }
    }
  });

  test("has close codes that tell whether to reconnect", () => {
    for (const { text } of lines.filter(({ mark }) => mark === "x")) {
      const verdict = judge({ code: Number(text), error: connectionLost("") }, 1);
      expect(verdict.stop).toEqual(expect.any(String));
    }
  });
});

/** Returns what a welcomed client emits for that line of the server. */
async function heard(line: object): Promise<[string, unknown][]> {
  const { session, sockets } = fakeSession();
  await settled();
  await sockets[0]!.welcome({ cursor: cursor(0) });
  const all: [string, unknown][] = [];
  for (const name of ["event", "unknown", "presence", "typing"] satisfies (keyof SessionEvents)[]) {
    session.on(name, (value) => all.push([name, value]));
  }
  sockets[0]!.say(line);
  session.close();
  return all;
}

const unknown = ["vote_cast", "weather"];

function heardAs(line: { type: string; payload: object }): [string, unknown][] {
  if (line.type === "presence") return []; // emitted as the resulting list
  if (line.type === "typing") return [[line.type, line.payload]];
  return [[unknown.includes(line.type) ? "unknown" : "event", line]];
}
