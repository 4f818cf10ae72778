import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

/** Runs the application in a real browser, against the real server. */
const files = {
  tests: "e2e/**/*.e2e.ts",
  screenshots: "e2e/screenshots.ts",
  measurements: "e2e/measure/*.measure.ts",
};
const which = (process.env.PARLEY_BROWSER ?? "tests") as keyof typeof files;

export default defineConfig({
  // The client's sources, so that it need not be built first.
  resolve: {
    alias: [
      {
        find: /^parley-client$/,
        replacement: fileURLToPath(new URL("../../client/src/index.ts", import.meta.url)),
      },
    ],
  },
  test: {
    include: [files[which]],
    environment: "node",
    globalSetup: "e2e/build.ts",
    setupFiles: "e2e/setup.ts",
    isolate: false, // the files of a worker share its browser, and what takes long to load
    maxWorkers: which === "tests" ? 3 : 1, // a page mostly waits, but nothing may disturb a measurement
    testTimeout: 120_000, // each wait has a limit of its own; a busy machine may take long for many
    hookTimeout: 180_000,
  },
});
