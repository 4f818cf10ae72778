/** The forms that an agent asks people to fill in. */

import type { Elicitation, ElicitationForm, FormField, FormValue } from "parley-client";

import { t } from "../texts.ts";
import { countHidden } from "./visible.ts";

/**
 * What has been typed and chosen: a text for each field, and a list for several choices. A
 * field without a member has no value.
 */
export type Filled = Readonly<Record<string, string | readonly string[]>>;

/** What is wrong with the values, by the names of fields. */
export type Mistakes = Readonly<Record<string, string>>;

/** Returns a member by the name of a field, which may be that of a member of every object. */
export function own<Value>(of: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

/** Returns the values that a form begins with. */
export function defaultsOf(form: ElicitationForm): Filled {
  const filled = Object.create(null) as Record<string, string | readonly string[]>;
  for (const { name, default: value } of form.fields) {
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) filled[name] = value.map(String);
    else filled[name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return filled;
}

/**
 * Returns the content for the agent, and what is wrong with it. The server checks all of it
 * again, and alone checks patterns and formats: an agent's pattern could run forever.
 */
export function contentOf(
  form: ElicitationForm,
  filled: Filled,
): { content: Record<string, FormValue>; mistakes: Mistakes } {
  const content = Object.create(null) as Record<string, FormValue>;
  const mistakes = Object.create(null) as Record<string, string>;
  for (const field of form.fields) {
    const given = own(filled, field.name);
    const missing = given === undefined || (given.length === 0 && !isChoice(field));
    const value = missing ? undefined : valueOf(field, given);
    const mistake = missing
      ? field.required && t.forms.required
      : value === undefined
        ? t.forms.noNumber
        : mistakeOf(field, value);
    if (mistake) mistakes[field.name] = mistake;
    else if (value !== undefined) content[field.name] = value;
  }
  return { content, mistakes };
}

function isChoice(field: FormField): boolean {
  return field.type === "multi_select" || field.type === "select";
}

function valueOf(field: FormField, given: string | readonly string[]): FormValue | undefined {
  if (typeof given !== "string") return [...given];
  switch (field.type) {
    case "boolean":
      return given === "true";
    case "integer":
      return /^-?\d+$/.test(given.trim()) && Number.isSafeInteger(Number(given))
        ? Number(given)
        : undefined;
    case "number":
      return given.trim() !== "" && Number.isFinite(Number(given)) ? Number(given) : undefined;
    default:
      return given;
  }
}

function mistakeOf(field: FormField, value: FormValue): string | false {
  const { minLength = 0, maxLength = Infinity, minItems = 0, maxItems = Infinity } = field;
  const { minimum = -Infinity, maximum = Infinity } = field;
  if (Array.isArray(value))
    return (value.length < minItems || value.length > maxItems) && t.forms.limits(field);
  if (typeof value === "number")
    return (value < minimum || value > maximum) && t.forms.limits(field);
  if (typeof value === "string" && field.type === "string") {
    const length = [...value].length;
    return (length < minLength || length > maxLength) && t.forms.limits(field);
  }
  return false;
}

/** Returns everything that the agent has written in a request. */
export function textsOf({ message, form }: Elicitation): string[] {
  const fields = form?.fields ?? [];
  return [
    message,
    form?.title ?? "",
    form?.description ?? "",
    ...fields.flatMap((f) => [
      f.name,
      f.title ?? "",
      f.description ?? "",
      f.pattern ?? "",
      ...(f.options ?? []).flatMap((o) => [o.value, o.title ?? "", o.description ?? ""]),
    ]),
  ];
}

/** Returns how many hidden characters a request has. */
export function hiddenInRequest(request: Elicitation): number {
  return textsOf(request).reduce((n, text) => n + countHidden(text), 0);
}

/** Returns a field's label, with its name if another field has the same label. */
export function labelOf(field: FormField, form: ElicitationForm): string {
  const label = field.title || field.name;
  const alike = form.fields.filter((f) => (f.title || f.name) === label);
  return alike.length > 1 && label !== field.name ? `${label} (${field.name})` : label;
}
