import { readChoice, type BellChoice } from "../core/bell.ts";
import { prefer, preference, recall, remember } from "../core/memory.ts";

/** What one wants to be told of in a session: as chosen there, or else as chosen last. */
export function bellChoice(session: string): BellChoice {
  return readChoice(recall(session)?.bell ?? lastChoice());
}

export function chooseBell(session: string, choice: BellChoice): void {
  remember(session, { bell: choice });
  prefer("bell", JSON.stringify(choice));
}

function lastChoice(): unknown {
  try {
    return JSON.parse(preference("bell") ?? "null");
  } catch {
    return null;
  }
}

/** Whether the browser shows notifications of this page; null where it has none. */
export function permissionNow(): NotificationPermission | null {
  return "Notification" in window ? Notification.permission : null;
}

/** Asks the browser's user, which browsers allow only where the user has clicked. */
export async function askPermission(): Promise<void> {
  await Notification.requestPermission();
}

/** Whether one looks elsewhere: at another tab, another window, or at nothing. */
export function looksAway(): boolean {
  return document.hidden || !document.hasFocus();
}
