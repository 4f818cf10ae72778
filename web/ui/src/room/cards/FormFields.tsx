import { Checkbox, Radio, Stack, Textarea } from "@mantine/core";
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from "react";

import type { ElicitationForm, FormField, FormOption } from "parley-client";

import { Visible } from "../../content/Visible.tsx";
import { decided, WholeText } from "../../content/WholeText.tsx";
import { labelOf, own, type Filled, type Mistakes } from "../../core/form.ts";
import { countHidden } from "../../core/visible.ts";
import { inItsDirection } from "../../parts/direction.ts";
import { t } from "../../texts.ts";

interface Props {
  form: ElicitationForm;
  filled: Filled;
  mistakes: Mistakes;
  onFill(filled: Filled): void;
  /** Called when the user wants to send what is filled in. */
  onDone(): void;
}

/** The fields of a form, in the agent's order. */
export function FormFields({ form, filled, mistakes, onFill, onDone }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (Object.keys(mistakes).length > 0)
      box.current?.querySelector<HTMLElement>('[data-wrong="true"] :is(textarea, input)')?.focus();
  }, [mistakes]);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || e.repeat || !(e.ctrlKey || e.metaKey)) return;
    e.preventDefault();
    onDone();
  };
  const fill = (name: string, value: string | readonly string[] | undefined) => {
    const { [name]: _, ...others } = filled;
    onFill(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <div className="form" ref={box} onKeyDown={onKeyDown}>
      <FormHead form={form} />
      {form.fields.map((field) => (
        <div key={field.name} data-wrong={own(mistakes, field.name) !== undefined}>
          <Field
            field={field}
            label={<Label field={field} form={form} />}
            value={own(filled, field.name)}
            mistake={own(mistakes, field.name)}
            onFill={(value) => fill(field.name, value)}
          />
        </div>
      ))}
    </div>
  );
}

/** The title and the description of a form. */
export function FormHead({ form }: { form: ElicitationForm }) {
  return (
    <>
      {form.title && (
        <p className="form-title" dir="auto">
          <Visible text={form.title} />
        </p>
      )}
      {form.description && (
        <p className="form-note" dir="auto">
          <Visible text={form.description} />
        </p>
      )}
    </>
  );
}

/** The label of a field, and whether it needs a value. */
export function Label({ field, form }: { field: FormField; form: ElicitationForm }) {
  return (
    <>
      <Visible text={labelOf(field, form)} />
      {!field.required && <span className="form-note"> ({t.forms.optional})</span>}
    </>
  );
}

/** What a field is for and what it accepts. */
export function About({ field }: { field: FormField }) {
  const limits = t.forms.limits(field);
  return (
    <>
      {field.description && (
        <span className="form-about" dir="auto">
          <Visible text={field.description} />
        </span>
      )}
      {limits && <span className="form-about">{limits}</span>}
      {field.pattern && (
        <span className="form-about">
          {t.forms.pattern}{" "}
          <code dir="ltr">
            <Visible text={field.pattern} />
          </code>
        </span>
      )}
    </>
  );
}

interface FieldProps {
  field: FormField;
  label: ReactNode;
  value: string | readonly string[] | undefined;
  mistake: string | undefined;
  onFill(value: string | readonly string[] | undefined): void;
}

function Field({ field, label, value, mistake, onFill }: FieldProps) {
  const shared = {
    label,
    description: <About field={field} />,
    error: mistake && <Visible text={mistake} />,
  };
  switch (field.type) {
    case "select":
    case "boolean":
      return (
        <Radio.Group
          {...shared}
          value={typeof value === "string" ? choice(value) : none}
          onChange={(chosen) => onFill(chosen === none ? undefined : chosen.slice(1))}
        >
          <Stack gap={6} mt={6}>
            {optionsOf(field).map((o) => (
              <Radio key={o.value} value={choice(o.value)} label={<Option option={o} />} />
            ))}
            {!field.required && <Radio value={none} label={t.forms.none} />}
          </Stack>
        </Radio.Group>
      );
    case "multi_select":
      return (
        <Checkbox.Group
          {...shared}
          value={typeof value === "string" ? [] : [...(value ?? [])]}
          onChange={(chosen) => onFill(chosen.length === 0 && !field.required ? undefined : chosen)}
        >
          <Stack gap={6} mt={6}>
            {optionsOf(field).map((o) => (
              <Checkbox key={o.value} value={o.value} label={<Option option={o} />} />
            ))}
          </Stack>
        </Checkbox.Group>
      );
    default:
      return <TextField {...shared} field={field} value={value} onFill={onFill} />;
  }
}

// The value of the choice to give no answer; those of options begin with another character.
const none = "-";
const choice = (value: string) => `=${value}`;

function optionsOf(field: FormField): readonly FormOption[] {
  if (field.type !== "boolean") return field.options ?? [];
  return [
    { value: "true", title: t.forms.yes },
    { value: "false", title: t.forms.no },
  ];
}

function Option({ option: o }: { option: FormOption }) {
  const title = o.title || o.value;
  const answer = o.value === "true" || o.value === "false";
  return (
    <span dir="auto">
      <Visible text={title} />
      {title !== o.value && !(answer && o.description === undefined) && (
        <span className="form-note">
          {" "}
          ({t.forms.sentAs}{" "}
          <code dir="ltr">
            <Visible text={o.value} />
          </code>
          )
        </span>
      )}
      {o.description && (
        <span className="form-note">
          {": "}
          <Visible text={o.description} />
        </span>
      )}
    </span>
  );
}

interface TextProps extends Pick<FieldProps, "field" | "label" | "value" | "onFill"> {
  description: ReactNode;
  error: ReactNode;
}

// A field of several lines, since a one-line field would hide the line breaks of a default.
function TextField({ field, value, onFill, ...shared }: TextProps) {
  const text = typeof value === "string" ? value : "";
  const numeric = field.type !== "string";
  return (
    <>
      <Textarea
        {...shared}
        ref={inItsDirection}
        value={text}
        autosize
        minRows={1}
        maxRows={12}
        inputMode={numeric ? "decimal" : field.format === "email" ? "email" : "text"}
        autoComplete="off"
        spellCheck={false}
        required={field.required ?? false}
        withAsterisk={false}
        onChange={(e) => onFill(e.currentTarget.value === "" ? undefined : e.currentTarget.value)}
      />
      {countHidden(text) > 0 && (
        <figure className="sent" aria-label={t.forms.hidden}>
          <figcaption>{t.forms.hidden}</figcaption>
          <WholeText text={text} label={`${t.forms.hidden} ${field.name}`} {...decided} />
        </figure>
      )}
    </>
  );
}
