/** Texts of markdown, code, diffs and terminals. */

export const tool = {
  kinds: {
    read: "Read",
    edit: "Edit",
    delete: "Delete",
    move: "Move",
    search: "Search",
    execute: "Run",
    think: "Think",
    fetch: "Fetch",
    switch_mode: "Switch mode",
    other: "Tool",
  } as Record<string, string>,
  states: {
    pending: "Waiting",
    in_progress: "Running",
    completed: "Done",
    failed: "Failed",
    paused: "Paused",
    cancelled: "Cancelled",
    unfinished: "Unfinished",
  } as Record<string, string>,
  untitled: "A tool",
  changes: "Changes of files",
  patch: "Patch",
  operations: {
    add: "new",
    delete: "deleted",
    modify: "changed",
    move: "moved",
    copy: "copied",
  } as Record<string, string>,
  morePlaces: (n: number) => (n === 1 ? "and 1 more file" : `and ${n} more files`),
  terminal: "Terminal",
  input: "Input",
  output: "Output",
  newFile: "new file",
  moreLines: (n: number) => `Show ${n.toLocaleString("en")} more lines`,
  exited: (code: number) => `Exited with code ${code}`,
  killed: (signal: string) => `Ended by signal ${signal}`,
  ended: "Ended",
  dropped: (n: number) => `${n.toLocaleString("en")} older characters were dropped.`,
  files: "Files",
  restOf: (characters: number) => `Input, ${characters.toLocaleString("en")} characters`,
  title: "Title",
  command: "Command",
  cwd: "In",
  env: "With",
  before: "Before",
  after: "After",
  someMoreLines: (n: number, of: number) =>
    `Show ${n.toLocaleString("en")} of ${of.toLocaleString("en")} more lines`,
  fewer: "Show less",
  hidden: (n: number) => (n === 1 ? "1 unchanged line" : `${n} unchanged lines`),
  tooBig: "This change is too large to compare. Both versions are shown in full.",
  diff: (path: string) => `Changes to ${path}`,
  outputOf: (title: string) => `Output of ${title}`,
  noChange: "No lines differ.",
  stop: "Stop",
  stopOne: (title: string) => `Stop ${title}`,
};

export const code = {
  copy: "Copy this code",
  copyLines: (n: number) => `Copy all ${n.toLocaleString("en")} lines`,
  copiedWithout: (n: number) =>
    n === 1
      ? "Copied without 1 hidden character"
      : `Copied without ${n.toLocaleString("en")} hidden characters`,
  showAll: (n: number) => `Show all ${n.toLocaleString("en")} lines`,
};

export const whole = {
  text: "Text",
  more: (n: number) => `… ${n.toLocaleString("en")} more characters`,
  before: (n: number) => `${n.toLocaleString("en")} characters before this …`,
  moreBefore: (n: number) => `Show more of the ${n.toLocaleString("en")} characters before this`,
  moreAfter: (n: number) => `Show more of the ${n.toLocaleString("en")} characters after this`,
  json: "JSON",
  download: "Download",
  downloadOf: (what: string) => `Download: ${what}`,
  showAll: (what: string, lines: number, characters: number) =>
    lines > 1
      ? `Show all: ${what}, ${lines.toLocaleString("en")} lines, ${characters.toLocaleString("en")} characters`
      : `Show all: ${what}, ${characters.toLocaleString("en")} characters`,
};

export const hidden = {
  character: (name: string) => `${name}, a hidden character`,
  warning: (n: number) =>
    n === 1
      ? "This contains 1 hidden character, shown as its code."
      : `This contains ${n.toLocaleString("en")} hidden characters, shown as their codes.`,
  remove: "Remove",
};
