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

// Form is a form that is being filled in.
type Form struct {
	form   *protocol.ElicitationForm
	values map[string]json.RawMessage // by the names of fields
	next   int                        // the index of the field that is asked; the number of fields once all were
}

// New returns a form in which nothing is filled in.
func New(f *protocol.ElicitationForm) *Form {
	return &Form{form: f, values: map[string]json.RawMessage{}}
}

// Field returns the field that is asked, or nil once all were.
func (f *Form) Field() *protocol.FormField {
	if f.next >= len(f.form.Fields) {
		return nil
	}
	return &f.form.Fields[f.next]
}

// Give takes what a person has typed as the value of the field that is asked, and goes on
// to the next field. The error says what the field accepts.
func (f *Form) Give(text string) error {
	field := f.Field()
	if field == nil {
		return fmt.Errorf("all fields were asked")
	}
	value, err := valueOf(field, text)
	if err == nil {
		value, err = form.CheckField(field, value)
	}
	if err != nil {
		return fmt.Errorf("%s", display.OneLine(protocol.AsError(err).Message))
	}
	f.values[field.Name] = value
	f.next++
	return nil
}

// Skip takes the default of the field that is asked, or leaves the field out, and goes on to
// the next field. A field that must have a value and has no default cannot be skipped.
func (f *Form) Skip() error {
	field := f.Field()
	switch {
	case field == nil:
		return fmt.Errorf("all fields were asked")
	case field.Default != nil:
		f.values[field.Name] = field.Default
	case field.Required:
		return fmt.Errorf("%s needs a value", label(field))
	default:
		delete(f.values, field.Name)
	}
	f.next++
	return nil
}

// Again begins with the first field again.
func (f *Form) Again() { f.next, f.values = 0, map[string]json.RawMessage{} }

// Content returns the content of the answer.
func (f *Form) Content() map[string]any {
	content := map[string]any{}
	for name, value := range f.values {
		content[name] = value
	}
	return content
}

// valueOf returns the JSON of what a person has typed for a field.
func valueOf(field *protocol.FormField, text string) (json.RawMessage, error) {
	switch field.Type {
	case protocol.FieldNumber, protocol.FieldInteger:
		if !json.Valid([]byte(text)) {
			return nil, protocol.Errorf(protocol.CodeInvalidRequest, "%q is not a number", display.Short(text, 40))
		}
		return json.RawMessage(text), nil
	case protocol.FieldBoolean:
		switch strings.ToLower(text) {
		case "yes", "y", "true":
			return json.RawMessage("true"), nil
		case "no", "n", "false":
			return json.RawMessage("false"), nil
		}
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "type yes or no")
	case protocol.FieldSelect:
		value, err := choose(field.Options, text)
		if err != nil {
			return nil, err
		}
		return protocol.Marshal(value)
	case protocol.FieldMultiSelect:
		values := []string{}
		for word := range strings.SplitSeq(text, ",") {
			value, err := choose(field.Options, strings.TrimSpace(word))
			if err != nil {
				return nil, err
			}
			values = append(values, value)
		}
		return protocol.Marshal(values)
	}
	return protocol.Marshal(text)
}

// choose returns the value of the option that a text names: by its number in the list, or
// else by its value or title if only one option has it. A number is never a value.
func choose(options []protocol.FormOption, text string) (string, error) {
	if strings.Trim(text, "0123456789") == "" && text != "" {
		if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(options) {
			return options[n-1].Value, nil
		}
		return "", protocol.Errorf(protocol.CodeInvalidRequest, "there is no option %s", display.Short(text, 20))
	}
	var found []string
	for _, o := range options {
		if o.Value == text || strings.EqualFold(o.Title, text) && text != "" {
			found = append(found, o.Value)
		}
	}
	if len(found) != 1 {
		return "", protocol.Errorf(protocol.CodeInvalidRequest, "type the number of an option")
	}
	return found[0], nil
}
