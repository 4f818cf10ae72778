/**
 * Counts how often the page itself has scrolled a list. Such movement is not the user's
 * intention.
 */
export let ownScrolls = 0;

/** Scrolls a list, and counts it if the list moves. */
export function scrollBySelf(list: HTMLElement, top: number): void {
  const before = list.scrollTop;
  list.scrollTop = top;
  if (list.scrollTop !== before) ownScrolls++;
}
