import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { launch } from "../browser.ts";
import { startServer, type Server } from "../server.ts";
import { table } from "./figures.ts";
import { networks, slowdown, visit, type Figures } from "./visit.ts";

/** Measures how soon a phone on a mobile network shows a session to its host. */

// The renderer of Markdown is among the bytes, since a first view may need it.
const limits = { shift: 0.05, scriptBytes: 280_000 };
const runs = 5;
const composer = ".composer textarea";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await launch({ whole: true });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

for (const network of networks) {
  test(`the session page on ${network.name}`, { timeout: 240_000 }, async () => {
    await visit(browser, network, server.host, composer); // the server compresses its files now
    const all: Figures[] = [];
    for (let i = 0; i < runs; i++) all.push(await visit(browser, network, server.host, composer));
    console.log(table(`session page, ${network.name}, processor ${slowdown} times slower`, all));
    expect(Math.max(...all.map((f) => f.shift))).toBeLessThan(limits.shift);
    expect(Math.max(...all.map((f) => f.scriptBytes))).toBeLessThan(limits.scriptBytes);
  });
}
