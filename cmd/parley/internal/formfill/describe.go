package formfill

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/form"
)

// label returns the label of a field in one line, with its name if they differ.
func label(f *protocol.FormField) string {
	text := display.OneLine(f.Label())
	if f.Title != "" && f.Title != f.Name {
		text += " (" + display.OneLine(f.Name) + ")"
	}
	return text
}

// Describe describes a field: its label, everything that it accepts, and its options with
// their numbers.
func Describe(f *protocol.FormField) string {
	var b strings.Builder
	b.WriteString(label(f))
	if !f.Required {
		b.WriteString(", optional")
	}
	if text := limits(f); text != "" {
		b.WriteString(": " + text)
	}
	if f.Description != "" {
		b.WriteString("\n" + display.Block(f.Description))
	}
	for i, o := range f.Options {
		fmt.Fprintf(&b, "\n    %d %s", i+1, display.OneLine(o.Label()))
		if o.Title != "" && o.Title != o.Value {
			b.WriteString(" (sent as " + strconv.Quote(display.OneLine(o.Value)) + ")")
		}
		if o.Description != "" {
			b.WriteString(": " + display.OneLine(o.Description))
		}
	}
	if f.Default != nil {
		b.WriteString("\n    default: " + valueText(f, f.Default))
	}
	return b.String()
}

// limits says what a field accepts.
func limits(f *protocol.FormField) string {
	var parts []string
	switch f.Type {
	case protocol.FieldInteger:
		parts = append(parts, "a whole number")
	case protocol.FieldNumber:
		parts = append(parts, "a number")
	case protocol.FieldBoolean:
		parts = append(parts, "yes or no")
	case protocol.FieldSelect:
		parts = append(parts, "the number of an option")
	case protocol.FieldMultiSelect:
		parts = append(parts, "numbers of options, separated by commas")
	}
	if name := form.FormatName(f.Format); name != "" {
		parts = append(parts, name)
	}
	parts = append(parts, counts(f.MinLength, f.MaxLength, "character")...)
	parts = append(parts, counts(f.MinItems, f.MaxItems, "option")...)
	if f.Minimum != nil {
		parts = append(parts, "at least "+form.Number(*f.Minimum))
	}
	if f.Maximum != nil {
		parts = append(parts, "at most "+form.Number(*f.Maximum))
	}
	if f.Pattern != "" {
		parts = append(parts, "matching the pattern "+display.OneLine(f.Pattern))
	}
	return strings.Join(parts, ", ")
}

func counts(low, high *int, of string) (parts []string) {
	if low != nil {
		parts = append(parts, "at least "+plural(*low, of))
	}
	if high != nil {
		parts = append(parts, "at most "+plural(*high, of))
	}
	return parts
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// valueText returns a value in one line, as the agent receives it.
func valueText(f *protocol.FormField, value json.RawMessage) string {
	text := display.OneLine(string(value))
	if f.Type == protocol.FieldBoolean {
		text = map[string]string{"true": "yes", "false": "no"}[string(value)]
	}
	return text
}

// Summary lists what is filled in, as the agent receives it, in lines of their own.
func (f *Form) Summary() string {
	var b strings.Builder
	for i := range f.form.Fields {
		field := &f.form.Fields[i]
		text := "left out"
		if value, given := f.values[field.Name]; given {
			text = valueText(field, value)
		}
		b.WriteString("\n    " + label(field) + ": " + text)
	}
	return b.String()
}

// Texts returns everything that the agent has written in a request.
func Texts(e protocol.Elicitation) []string {
	texts := []string{e.Message, e.Target}
	if e.Form == nil {
		return texts
	}
	texts = append(texts, e.Form.Title, e.Form.Description)
	for _, f := range e.Form.Fields {
		texts = append(texts, f.Name, f.Title, f.Description, f.Pattern, string(f.Default))
		for _, o := range f.Options {
			texts = append(texts, o.Value, o.Title, o.Description)
		}
	}
	return texts
}
