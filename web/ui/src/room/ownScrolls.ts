/** Counts how often the page itself has scrolled a list: what moves then moves against the user's will. */
export let ownScrolls = 0;

/** Scrolls a list and counts that, if it moves. */
export function scrollBySelf(list: HTMLElement, top: number): void {
  const before = list.scrollTop;
  list.scrollTop = top;
  if (list.scrollTop !== before) ownScrolls++;
}
