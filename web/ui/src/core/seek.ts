/** Decides, frame by frame, how to bring a card of a virtual list into sight. */

import type { Box } from "./guard.ts";

// A row out of sight is rendered some frames after the list scrolls to it, and
// older rows that load above it push it out of sight again.
const maxFrames = 300;
const framesPerAttempt = 20;

/** What to do in a frame: give the card the focus, scroll to its row, wait, or give up. */
export type SeekStep = "focus" | "scroll" | "wait" | "stop";

export function seekStep(frame: number, inSight: boolean): SeekStep {
  if (frame > maxFrames) return "stop";
  if (inSight) return "focus";
  return frame % framesPerAttempt === 0 ? "scroll" : "wait";
}

/** Reports whether a card is in sight: as a whole, or at least its top in the upper half of the list. */
export function isInSight(card: Box, list: Box): boolean {
  const middle = (list.top + list.bottom) / 2;
  return card.top >= list.top - 1 && (card.bottom <= list.bottom || card.top < middle);
}
