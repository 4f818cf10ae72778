package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"parley/protocol"
	"parley/protocol/jsonwalk"
)

// Check compares the content of an answer, which is valid JSON or empty, with a form. It
// returns the content with its members in the order of the fields. The error is a
// [*protocol.Error] that names the field.
func Check(f *protocol.ElicitationForm, content json.RawMessage) (json.RawMessage, error) {
	if isMissing(content) {
		content = json.RawMessage("{}")
	}
	given, err := readObject(content, "content")
	if err != nil {
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "%s", err)
	}
	clean := []byte{'{'}
	for i := range f.Fields {
		field := &f.Fields[i]
		value, has := given[field.Name]
		delete(given, field.Name)
		if !has {
			if field.Required {
				return nil, refusal(field, errors.New("is required"))
			}
			continue
		}
		value, err := checkValue(field, value)
		if err != nil {
			return nil, refusal(field, err)
		}
		name, _ := protocol.Marshal(field.Name) // cannot fail for a string
		if len(clean) > 1 {
			clean = append(clean, ',')
		}
		clean = append(append(append(clean, name...), ':'), value...)
	}
	if names := slices.Sorted(maps.Keys(given)); len(names) > 0 {
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "the form has no field %.40q", names[0])
	}
	return append(clean, '}'), nil
}

// CheckField compares the value of one field, which is valid JSON, with the field. It
// returns the value as [Check] does. The error is a [*protocol.Error].
func CheckField(f *protocol.FormField, value json.RawMessage) (json.RawMessage, error) {
	clean, err := checkValue(f, value)
	if err != nil {
		return nil, refusal(f, err)
	}
	return clean, nil
}

// refusal returns the error for a field. The reason is a predicate.
func refusal(f *protocol.FormField, reason error) error {
	err := protocol.Errorf(protocol.CodeInvalidRequest, "%.80q %s", f.Label(), reason)
	err.Field = f.Name
	return err
}

// checkValue returns a value in its only encoding, or an error whose text is a predicate.
func checkValue(f *protocol.FormField, value json.RawMessage) (json.RawMessage, error) {
	switch f.Type {
	case protocol.FieldBoolean:
		if string(value) != "true" && string(value) != "false" {
			return nil, errors.New("must be true or false")
		}
		return value, nil
	case protocol.FieldNumber, protocol.FieldInteger:
		return value, checkNumber(f, string(value))
	case protocol.FieldMultiSelect:
		return checkChoices(f, value)
	}
	text, isText := jsonwalk.Text(value)
	if !isText || jsonwalk.LoneSurrogate(value) || !utf8.ValidString(text) {
		return nil, errors.New("must be a text")
	}
	clean, err := protocol.Marshal(text)
	if err != nil {
		return nil, err
	}
	if f.Type == protocol.FieldSelect {
		return clean, checkChoice(f, text)
	}
	return clean, checkText(f, text)
}

func checkText(f *protocol.FormField, text string) error {
	if len(text) > protocol.MaxFormText {
		return fmt.Errorf("has %d bytes; the limit is %d", len(text), protocol.MaxFormText)
	}
	length := utf8.RuneCountInString(text)
	if f.MinLength != nil && length < *f.MinLength {
		return fmt.Errorf("must have at least %s", plural(*f.MinLength, "character"))
	}
	if f.MaxLength != nil && length > *f.MaxLength {
		return fmt.Errorf("must have at most %s", plural(*f.MaxLength, "character"))
	}
	if f.Format != "" {
		check := formats[f.Format]
		if check == nil || !check(text) {
			return fmt.Errorf("must be %s", formatNames[f.Format])
		}
	}
	pattern, err := compile(f.Pattern)
	if err != nil || !pattern.MatchString(text) {
		return fmt.Errorf("must match the pattern %.200s", f.Pattern)
	}
	return nil
}

func checkNumber(f *protocol.FormField, literal string) error {
	if f.Type == protocol.FieldInteger {
		if _, err := strconv.ParseInt(literal, 10, 64); err != nil {
			return errors.New("must be a whole number")
		}
	}
	n, err := strconv.ParseFloat(literal, 64)
	if err != nil || len(literal) > maxNumber || literal[0] != '-' && (literal[0] < '0' || literal[0] > '9') {
		return errors.New("must be a number")
	}
	if f.Minimum != nil && n < *f.Minimum {
		return fmt.Errorf("must be at least %s", Number(*f.Minimum))
	}
	if f.Maximum != nil && n > *f.Maximum {
		return fmt.Errorf("must be at most %s", Number(*f.Maximum))
	}
	return nil
}

// maxNumber is the maximum length of a number in bytes.
const maxNumber = 64

// Number formats a limit of a field for people.
func Number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func checkChoice(f *protocol.FormField, value string) error {
	if !slices.ContainsFunc(f.Options, func(o protocol.FormOption) bool { return o.Value == value }) {
		return errors.New("must be one of the options")
	}
	return nil
}

func checkChoices(f *protocol.FormField, raw json.RawMessage) (json.RawMessage, error) {
	var values []string
	if !bytes.HasPrefix(raw, []byte{'['}) || json.Unmarshal(raw, &values) != nil || slices.Contains(rawNulls(raw), true) {
		return nil, errors.New("must be a list of options")
	}
	seen := map[string]bool{}
	for _, value := range values {
		if checkChoice(f, value) != nil {
			return nil, errors.New("must be a list of the options")
		}
		if seen[value] {
			return nil, fmt.Errorf("has the option %.40q twice", value)
		}
		seen[value] = true
	}
	if f.MinItems != nil && len(values) < *f.MinItems {
		return nil, fmt.Errorf("needs at least %s", plural(*f.MinItems, "option"))
	}
	if f.MaxItems != nil && len(values) > *f.MaxItems {
		return nil, fmt.Errorf("takes at most %s", plural(*f.MaxItems, "option"))
	}
	if values == nil {
		values = []string{}
	}
	return protocol.Marshal(values)
}

// rawNulls reports for each element of an array whether it is null, which decodes to an
// empty string.
func rawNulls(raw json.RawMessage) []bool {
	var elements []json.RawMessage
	_ = json.Unmarshal(raw, &elements) // an array that was decoded before
	nulls := make([]bool, len(elements))
	for i, e := range elements {
		nulls[i] = isMissing(e)
	}
	return nulls
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
