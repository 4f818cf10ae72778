/**
 * A ref for fields whose text has its own direction. Mantine applies dir to the box
 * around the field.
 */
export function inItsDirection(field: HTMLInputElement | HTMLTextAreaElement | null): void {
  if (field) field.dir = "auto";
}
