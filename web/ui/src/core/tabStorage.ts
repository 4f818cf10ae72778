/**
 * A text that lives as long as the tab, through reloads. Tabs do not share it. Storage
 * can be full or forbidden; then the text is lost on a reload.
 */
export interface KeptText {
  read(): string | null;
  /** Stores a text, or removes it. */
  write(text: string | null): void;
}

export function keptInTab(key: string): KeptText {
  return {
    read: () => {
      try {
        return sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write: (text) => {
      try {
        if (text === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, text);
      } catch {
        // An older text must not reappear in its place.
        try {
          sessionStorage.removeItem(key);
        } catch {
          /* There is no storage at all. */
        }
      }
    },
  };
}
