import { readChoice, type BellChoice } from "../core/bell.ts";
import { prefer, preference, recall, remember } from "../core/memory.ts";

/**
 * Returns the chosen notifications of a session, by default the choice made last in any
 * session.
 */
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

/**
 * Returns whether the browser allows this page to show notifications; null if it cannot
 * show any.
 */
export function permissionNow(): NotificationPermission | null {
  return "Notification" in window ? Notification.permission : null;
}

/** Asks the user for permission. Browsers allow this only in response to a click. */
export async function askPermission(): Promise<void> {
  await Notification.requestPermission();
}

/** Reports whether the user looks at another tab or another window. */
export function looksAway(): boolean {
  return document.hidden || !document.hasFocus();
}
