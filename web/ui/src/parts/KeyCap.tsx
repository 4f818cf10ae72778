import "./KeyCap.css";

/** Shows the key that presses a button. Screen readers get it from the list of shortcuts. */
export function KeyCap({ name }: { name: string }) {
  return (
    <kbd className="keycap" aria-hidden="true">
      {name}
    </kbd>
  );
}
