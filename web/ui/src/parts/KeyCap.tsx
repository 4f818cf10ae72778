import "./KeyCap.css";

/** The key that presses a button, for eyes alone; the list of shortcuts says it, too. */
export function KeyCap({ name }: { name: string }) {
  return (
    <kbd className="keycap" aria-hidden="true">
      {name}
    </kbd>
  );
}
