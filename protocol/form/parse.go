package form

import (
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"

	"parley/protocol"
	"parley/protocol/jsonwalk"
)

// annotations are keywords of JSON schemas that do not limit the values.
var annotations = map[string]bool{
	"title": true, "description": true, "default": true, "_meta": true, "examples": true, "deprecated": true,
	"$schema": true, "$id": true, "$comment": true, "readOnly": true, "writeOnly": true,
}

// Parse decodes the JSON schema of a form, which is valid JSON. The fields are in the
// order of the schema. The error says for the agent and for people what cannot be shown.
func Parse(schema json.RawMessage) (*protocol.ElicitationForm, error) {
	if len(schema) > protocol.MaxFormBytes {
		return nil, fmt.Errorf("the form has %d bytes; the limit is %d", len(schema), protocol.MaxFormBytes)
	}
	o, err := readObject(schema, "the schema")
	if err != nil {
		return nil, err
	}
	if err := o.allow("the schema", "type", "properties", "required", "additionalProperties"); err != nil {
		return nil, err
	}
	if kind, given := o.text("type"); given && kind != "object" {
		return nil, fmt.Errorf("the schema has the type %.40q instead of object", kind)
	}
	f := &protocol.ElicitationForm{Fields: []protocol.FormField{}}
	f.Title, _ = o.text("title")
	f.Description, _ = o.text("description")
	if f.Fields, err = parseFields(o["properties"]); err != nil {
		return nil, err
	}
	if err := markRequired(f, o["required"]); err != nil {
		return nil, err
	}
	encoded, err := protocol.Marshal(f)
	if err == nil && len(encoded) > protocol.MaxFormBytes {
		err = fmt.Errorf("the form has %d bytes; the limit is %d", len(encoded), protocol.MaxFormBytes)
	}
	return f, err
}

// parseFields decodes the properties of a schema.
func parseFields(properties json.RawMessage) ([]protocol.FormField, error) {
	fields := []protocol.FormField{}
	if isMissing(properties) {
		return fields, nil
	}
	if !jsonwalk.IsObject(properties) {
		return nil, fmt.Errorf("the properties of the schema are not an object")
	}
	names := map[string]bool{}
	for name, value := range jsonwalk.Members(properties, 0) {
		f := protocol.FormField{Name: string(name)}
		switch {
		case len(fields) == protocol.MaxFormFields:
			return nil, fmt.Errorf("the form has more than %d fields", protocol.MaxFormFields)
		case f.Name == "" || len(f.Name) > maxName || !utf8.ValidString(f.Name):
			return nil, fmt.Errorf("the name of a field must have 1 to %d bytes", maxName)
		case names[f.Name]:
			return nil, fmt.Errorf("two fields have the name %.40q", f.Name)
		}
		names[f.Name] = true
		if err := parseField(&f, value.Of(properties)); err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// maxName is the maximum length of the name of a field in bytes.
const maxName = 256

// parseField decodes the schema of one field, whose name is set.
func parseField(f *protocol.FormField, schema json.RawMessage) error {
	where := fmt.Sprintf("the field %.40q", f.Name)
	o, err := readObject(schema, where)
	if err != nil {
		return err
	}
	f.Title, _ = o.text("title")
	f.Description, _ = o.text("description")
	kind, _ := o.text("type")
	switch kind {
	case "string":
		err = parseString(f, o, where)
	case "number", "integer":
		f.Type = protocol.FieldType(kind)
		if err = o.allow(where, "type", "minimum", "maximum"); err == nil {
			err = parseRange(f, o, where)
		}
	case "boolean":
		f.Type = protocol.FieldBoolean
		err = o.allow(where, "type")
	case "array":
		err = parseMultiSelect(f, o, where)
	default:
		err = fmt.Errorf("%s has the type %.40q, which cannot be shown", where, kind)
	}
	if err != nil {
		return err
	}
	// By the Agent Client Protocol, a default that is not valid counts as none.
	if value := o["default"]; !isMissing(value) {
		if clean, err := checkValue(f, value); err == nil {
			f.Default = clean
		}
	}
	return nil
}

func parseString(f *protocol.FormField, o object, where string) (err error) {
	f.Type = protocol.FieldString
	enum, oneOf := !isMissing(o["enum"]), !isMissing(o["oneOf"])
	switch {
	case enum && oneOf:
		return fmt.Errorf("%s has both enum and oneOf", where)
	case enum || oneOf:
		f.Type = protocol.FieldSelect
		if err := o.allow(where, "type", "enum", "oneOf"); err != nil {
			return err
		}
		f.Options, err = parseOptions(o, where, "enum", "oneOf")
		return err
	}
	if err := o.allow(where, "type", "minLength", "maxLength", "pattern", "format"); err != nil {
		return err
	}
	if f.MinLength, f.MaxLength, err = o.counts(where, "minLength", "maxLength"); err != nil {
		return err
	}
	if f.Pattern, err = o.optionalText(where, "pattern"); err != nil {
		return err
	}
	if _, err := compile(f.Pattern); err != nil {
		return fmt.Errorf("the pattern of %s cannot be checked: %w", where, err)
	}
	format, err := o.optionalText(where, "format")
	if f.Format = protocol.FieldFormat(format); err == nil && format != "" && formats[f.Format] == nil {
		err = fmt.Errorf("%s has the format %.40q, which cannot be checked", where, format)
	}
	return err
}

func parseRange(f *protocol.FormField, o object, where string) (err error) {
	if f.Minimum, err = o.number(where, "minimum"); err != nil {
		return err
	}
	if f.Maximum, err = o.number(where, "maximum"); err != nil {
		return err
	}
	if f.Minimum != nil && f.Maximum != nil && *f.Minimum > *f.Maximum {
		return fmt.Errorf("%s accepts no value, since its minimum exceeds its maximum", where)
	}
	for _, limit := range []*float64{f.Minimum, f.Maximum} {
		if limit != nil && f.Type == protocol.FieldInteger && (*limit != math.Trunc(*limit) || math.Abs(*limit) > maxExact) {
			return fmt.Errorf("%s has a limit that is not an integer of 53 bits", where)
		}
	}
	return nil
}

// maxExact is the largest integer up to which each integer has a float64 of its own.
const maxExact = 1 << 53

func parseMultiSelect(f *protocol.FormField, o object, where string) (err error) {
	f.Type = protocol.FieldMultiSelect
	if err := o.allow(where, "type", "items", "minItems", "maxItems", "uniqueItems"); err != nil {
		return err
	}
	if f.MinItems, f.MaxItems, err = o.counts(where, "minItems", "maxItems"); err != nil {
		return err
	}
	items, err := readObject(o["items"], "the items of "+where)
	if err != nil {
		return err
	}
	if kind, given := items.text("type"); given && kind != "string" {
		return fmt.Errorf("the items of %s have the type %.40q, which cannot be shown", where, kind)
	}
	if err := items.allow("the items of "+where, "type", "enum", "anyOf"); err != nil {
		return err
	}
	if !isMissing(items["enum"]) && !isMissing(items["anyOf"]) {
		return fmt.Errorf("the items of %s have both enum and anyOf", where)
	}
	f.Options, err = parseOptions(items, where, "enum", "anyOf")
	if err == nil && f.MinItems != nil && *f.MinItems > len(f.Options) {
		err = fmt.Errorf("%s accepts no value, since it has only %d options", where, len(f.Options))
	}
	return err
}

// parseOptions decodes the choices of a field, which are either a list of values or a list
// of values with titles.
func parseOptions(o object, where, plain, titled string) ([]protocol.FormOption, error) {
	var options []protocol.FormOption
	if raw := o[plain]; !isMissing(raw) {
		var values []string
		if json.Unmarshal(raw, &values) != nil {
			return nil, fmt.Errorf("%s has options that are not strings", where)
		}
		for _, value := range values {
			options = append(options, protocol.FormOption{Value: value})
		}
	} else {
		var schemas []json.RawMessage
		if json.Unmarshal(o[titled], &schemas) != nil {
			return nil, fmt.Errorf("%s has no list of options", where)
		}
		for _, schema := range schemas {
			option, err := parseOption(schema, where)
			if err != nil {
				return nil, err
			}
			options = append(options, option)
		}
	}
	if len(options) == 0 {
		return nil, fmt.Errorf("%s has no options", where)
	}
	values := map[string]bool{}
	for _, option := range options {
		if values[option.Value] {
			return nil, fmt.Errorf("two options of %s have the value %.40q", where, option.Value)
		}
		values[option.Value] = true
	}
	return options, nil
}

func parseOption(schema json.RawMessage, where string) (protocol.FormOption, error) {
	o, err := readObject(schema, "an option of "+where)
	if err != nil {
		return protocol.FormOption{}, err
	}
	if err := o.allow("an option of "+where, "const", "type"); err != nil {
		return protocol.FormOption{}, err
	}
	value, isText := o.text("const")
	if !isText {
		return protocol.FormOption{}, fmt.Errorf("an option of %s has no const that is a string", where)
	}
	option := protocol.FormOption{Value: value}
	option.Title, _ = o.text("title")
	option.Description, _ = o.text("description")
	return option, nil
}

// markRequired marks the fields that a schema requires.
func markRequired(f *protocol.ElicitationForm, raw json.RawMessage) error {
	var names []string
	if !isMissing(raw) && json.Unmarshal(raw, &names) != nil {
		return fmt.Errorf("the list of required fields is not a list of names")
	}
	fields := map[string]*protocol.FormField{}
	for i := range f.Fields {
		fields[f.Fields[i].Name] = &f.Fields[i]
	}
	for _, name := range names {
		if fields[name] == nil {
			return fmt.Errorf("the schema requires the field %.40q, which it does not have", name)
		}
		fields[name].Required = true
	}
	return nil
}
