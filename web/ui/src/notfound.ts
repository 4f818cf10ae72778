/** Gives the page for an unknown address the colour scheme that was chosen in the application. */

try {
  const scheme = localStorage.getItem("mantine-color-scheme-value"); // the key that Mantine uses
  if (scheme) document.documentElement.dataset.scheme = scheme;
} catch {
  // Storage may be forbidden. The page then has the system's colours.
}
