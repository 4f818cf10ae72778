"use strict";

// Fills the command in from the address, whose fragment only the browser sees.
// The command is made to be pasted into a shell, so a link goes in only when it
// is nothing but what Parley makes; all else could end the quotes.
const session = /^\/s\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const invite = /^#i=[A-Za-z0-9_-]+$/;
const own = /^#p=[0-9a-f-]{36}:[A-Za-z0-9_-]+$/;

const element = (id) => document.getElementById(id);

function show() {
  const { origin, pathname, hash } = window.location;
  const complete = session.test(pathname) && (invite.test(hash) || own.test(hash));
  element("ready").hidden = !complete;
  element("incomplete").hidden = complete;
  element("own").hidden = !own.test(hash);
  element("command").textContent = complete ? `parley join '${origin}${pathname}${hash}'` : "";
  element("copied").textContent = "";
}

// Clipboards are for secure origins alone; elsewhere the command is selected,
// and one key copies it.
async function copy() {
  try {
    await navigator.clipboard.writeText(element("command").textContent);
    element("copied").textContent = "Copied.";
  } catch {
    window.getSelection().selectAllChildren(element("command"));
    element("copied").textContent = "Selected. Copy it with your keyboard.";
  }
}

element("copy").addEventListener("click", copy);
window.addEventListener("hashchange", show);
show();
