// Runs the script of the join page for an address, without a browser, and
// writes what the page then shows, as JSON, to standard output.
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const [script, address] = process.argv.slice(2);
const elements = {};
const element = (id) =>
  (elements[id] ??= { hidden: true, textContent: "", addEventListener() {} });

runInNewContext(readFileSync(script, "utf8"), {
  document: { getElementById: element },
  window: { location: new URL(address), addEventListener() {} },
});
const shown = ["ready", "incomplete", "own"].filter((id) => !element(id).hidden);
console.log(JSON.stringify({ shown, command: element("command").textContent }));
