/** A ref for fields whose text is written in its own direction: the library takes dir for the box around them. */
export function inItsDirection(field: HTMLInputElement | HTMLTextAreaElement | null): void {
  if (field) field.dir = "auto";
}
