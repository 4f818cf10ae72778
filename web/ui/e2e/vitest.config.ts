import { defineConfig } from "vitest/config";

/** The application in a real browser, against the real server. Beside each other they would only slow each other down. */
export default defineConfig({
  test: {
    include: [process.env.PARLEY_SCREENSHOTS ? "e2e/screenshots.ts" : "e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
