/** Gives the page for an unknown address the colours that were chosen in the application. */

try {
  const scheme = localStorage.getItem("mantine-color-scheme-value"); // where Mantine keeps it
  if (scheme) document.documentElement.dataset.scheme = scheme;
} catch {
  // Storage may be forbidden: the page has the system's colours then.
}
