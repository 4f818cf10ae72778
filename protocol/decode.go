package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"parley/protocol/jsonwalk"
)

// Decode decodes a JSON object into the struct that into points to. It matches member
// names exactly, which encoding/json does not do, and ignores unknown members. A
// missing or null member is an error unless its field is marked omitzero, and so is text
// that is not valid Unicode. Every error is an [*Error] with [CodeInvalidRequest].
func Decode(data []byte, into any) error {
	if !json.Valid(data) {
		return errNotObject
	}
	if !isUnicode(data) {
		return errNotUnicode
	}
	return decodeValid(data, into)
}

// isUnicode reports whether valid JSON contains only UTF-8 and no lone surrogates.
// Decoding would replace either, and so make different texts equal.
func isUnicode(data []byte) bool { return utf8.Valid(data) && !jsonwalk.LoneSurrogate(data) }

var errNotUnicode = Errorf(CodeInvalidRequest, "a text contains bytes that are not UTF-8, or half of a surrogate pair")

var errNotObject = Errorf(CodeInvalidRequest, "not a JSON object")

// decodeValid is [Decode] for valid JSON.
func decodeValid(data []byte, into any) error {
	v := reflect.ValueOf(into).Elem()
	fields := fieldsOf(v.Type())
	values := make([][]byte, len(fields), 16) // a constant capacity keeps it on the stack
	if !jsonwalk.IsObject(data) {
		return errNotObject
	}
	for name, value := range jsonwalk.Members(data, 0) {
		for i := range fields {
			if fields[i].name == string(name) {
				values[i] = value.Of(data)
			}
		}
	}
	for i := range fields {
		f := &fields[i]
		switch {
		case !isNull(values[i]):
			if err := f.decode(v.Field(f.index), values[i]); err != nil {
				return err
			}
		case f.required:
			return Errorf(CodeInvalidRequest, "%s is missing", f.name)
		}
	}
	return nil
}

// isNull reports whether a member is missing or null.
func isNull(value []byte) bool { return len(value) == 0 || string(value) == "null" }

// field is a struct field that [Decode] sets.
type field struct {
	name     string
	index    int
	required bool
	text     bool // a string type without an unmarshal method
	word     bool // an enumeration type
}

// decode decodes a member that is not null.
func (f *field) decode(v reflect.Value, value []byte) error {
	if f.text {
		text, ok := jsonwalk.Text(value)
		if !ok {
			return f.wrongType()
		}
		v.SetString(text)
	} else if err := json.Unmarshal(value, v.Addr().Interface()); err != nil {
		if e, ok := errors.AsType[*Error](err); ok {
			return Errorf(e.Code, "%s: %s", f.name, e.Message)
		}
		return f.wrongType()
	}
	if f.word && !v.Interface().(word).Valid() {
		return Errorf(CodeInvalidRequest, "%s has an unknown value", f.name)
	}
	return nil
}

func (f *field) wrongType() error {
	return Errorf(CodeInvalidRequest, "%s has the wrong type", f.name)
}

// word is an enumeration type.
type word interface{ Valid() bool }

var fieldCache sync.Map // reflect.Type to []field

func fieldsOf(t reflect.Type) []field {
	if cached, ok := fieldCache.Load(t); ok {
		return cached.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		of := t.Field(i)
		name, options, _ := strings.Cut(of.Tag.Get("json"), ",")
		if name == "" {
			panic(fmt.Sprintf("protocol: field %s.%s has no JSON name", t, of.Name))
		}
		_, asJSON := reflect.PointerTo(of.Type).MethodByName("UnmarshalJSON")
		_, asText := reflect.PointerTo(of.Type).MethodByName("UnmarshalText")
		fields = append(fields, field{
			name:     name,
			index:    i,
			required: options != "omitzero",
			text:     of.Type.Kind() == reflect.String && !asJSON && !asText,
			word:     of.Type.Implements(reflect.TypeFor[word]()),
		})
	}
	fieldCache.Store(t, fields)
	return fields
}
