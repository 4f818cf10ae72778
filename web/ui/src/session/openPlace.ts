/** What happens, outside of rendering, when an address is opened. */

import { recall, remember } from "../core/memory.ts";
import { placeOf, type Place } from "../core/place.ts";

/**
 * Returns the page that the address is for. A secret in the address is
 * remembered, and the participant's own is removed from the address.
 */
export function openPlace(): Place {
  const place = placeOf(location.pathname, location.hash);
  if (place.page !== "session") {
    if (place.code || place.back) hideSecret();
    return place;
  }
  const { session, invite, participant } = place;
  if (invite && invite !== recall(session)?.invite)
    remember(session, { invite, inviteSince: undefined });
  if (participant) {
    remember(session, { participant, left: false });
    hideSecret();
  }
  return place;
}

/**
 * Removes the secret from the address, which others see over the user's
 * shoulder, in screenshots and in a shared history.
 */
export function hideSecret(): void {
  history.replaceState(null, "", location.pathname);
}
