import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { themeCSS } from "./themecss.ts";

const client = (file: string) => fileURLToPath(new URL(`../client/src/${file}`, import.meta.url));
const server = process.env.PARLEY_SERVER ?? "http://127.0.0.1:7777";

export default defineConfig({
  plugins: [react(), themeCSS()],
  base: "./", // a proxy may serve the application below a path that is not known here
  resolve: {
    // The client's sources, so that it need not be built first.
    alias: [
      { find: /^parley-client\/view$/, replacement: client("view/index.ts") },
      { find: /^parley-client\/react$/, replacement: client("react.ts") },
      { find: /^parley-client$/, replacement: client("index.ts") },
    ],
    dedupe: ["react", "react-dom"],
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the policy forbids data: addresses for scripts and styles
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: ["index.html", "notfound.html"] },
  },
  server: { proxy: { "/api": { target: server, ws: true, changeOrigin: true } } },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node", testTimeout: 60_000 },
});
