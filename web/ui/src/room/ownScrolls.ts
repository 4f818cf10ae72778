/** How often the page has scrolled a list by itself: what moves then is not where the user wanted it. */
export let ownScrolls = 0;

export function scrollBySelf(list: HTMLElement, top: number): void {
  const before = list.scrollTop;
  list.scrollTop = top;
  if (list.scrollTop !== before) ownScrolls++;
}
