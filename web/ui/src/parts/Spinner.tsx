import "./Spinner.css";

/** Turns while something is loading. A text beside it says what. */
export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}
