import "./Spinner.css";

/** Turns while something is on its way. Its text stands beside it. */
export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}
