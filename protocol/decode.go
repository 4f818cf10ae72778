package protocol

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"parley/protocol/jsonwalk"
)

// Decode reads a JSON object into the struct that into points to. Members are
// matched by their exact names, which encoding/json alone does not do; unknown
// ones are ignored; one that is missing or null is an error unless the field
// is marked omitzero. What is not Unicode text is an error too. Every error is an *Error with CodeInvalidRequest.
func Decode(data []byte, into any) error {
	if !json.Valid(data) {
		return errNotObject
	}
	if !isText(data) {
		return errNotText
	}
	return decodeValid(data, into)
}

// isText reports whether every text in valid JSON is one: bytes that are not
// UTF-8 and halves of characters would be changed by decoding, and texts that
// differ would become one.
func isText(data []byte) bool { return utf8.Valid(data) && !jsonwalk.LoneSurrogate(data) }

var errNotText = Errorf(CodeInvalidRequest, "a text has bytes that are not UTF-8, or half of a surrogate pair")

var errNotObject = Errorf(CodeInvalidRequest, "not a JSON object")

// decodeValid is Decode for what is known to be JSON.
func decodeValid(data []byte, into any) error {
	v := reflect.ValueOf(into).Elem()
	fields := fieldsOf(v.Type())
	values := make([][]byte, len(fields), 16) // a constant, for the stack
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
		case !isNone(values[i]):
			if !f.set(v.Field(f.index), values[i]) {
				return Errorf(CodeInvalidRequest, "%s is not what it has to be", f.name)
			}
		case f.required:
			return Errorf(CodeInvalidRequest, "%s is missing", f.name)
		}
	}
	return nil
}

// isNone reports whether a member is missing or null.
func isNone(value []byte) bool { return len(value) == 0 || string(value) == "null" }

// field is a field of a struct that Decode reads into.
type field struct {
	name     string
	index    int
	required bool
	text     bool // a string, without a method that reads it
	word     bool // an enumeration
}

// set reads a member that is not null. It returns false for one that is not
// what it has to be.
func (f *field) set(v reflect.Value, value []byte) bool {
	if f.text {
		text, ok := jsonwalk.Text(value)
		if !ok {
			return false
		}
		v.SetString(text)
	} else if err := json.Unmarshal(value, v.Addr().Interface()); err != nil {
		return false
	}
	return !f.word || v.Interface().(word).Valid()
}

// word is an enumeration.
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
			panic(fmt.Sprintf("protocol: field %s.%s has no name on the wire", t, of.Name))
		}
		_, reads := reflect.PointerTo(of.Type).MethodByName("UnmarshalJSON")
		_, readsText := reflect.PointerTo(of.Type).MethodByName("UnmarshalText")
		fields = append(fields, field{
			name:     name,
			index:    i,
			required: options != "omitzero",
			text:     of.Type.Kind() == reflect.String && !reads && !readsText,
			word:     of.Type.Implements(reflect.TypeFor[word]()),
		})
	}
	fieldCache.Store(t, fields)
	return fields
}
