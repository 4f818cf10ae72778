package jsonappend

import (
	"reflect"
	"strings"
)

// A Member is a struct field as a member of a JSON object.
type Member struct {
	Name   string // quoted, with the colon: "name":
	Index  int    // of the field in its struct
	Omit   bool   // whether a zero value is left out
	Append Encoder
}

// MembersOf returns the members of a struct type. It returns false for a struct
// with a field that only [encoding/json] handles, such as an embedded one.
func MembersOf(t reflect.Type) (members []Member, ok bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "" || name == "-" {
			return nil, false
		}
		switch options {
		case "":
		case "omitempty", "omitzero":
			switch f.Type.Kind() {
			case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Pointer: // both options are equivalent
			case reflect.Slice:
				if options == "omitempty" { // also omits a slice that is empty and not nil
					return nil, false
				}
			default:
				return nil, false
			}
		default:
			return nil, false
		}
		members = append(members, Member{`"` + name + `":`, i, options != "", encoderFor(f.Type)})
	}
	return members, true
}

func structEncoder(members []Member) Encoder {
	return func(b []byte, v reflect.Value) ([]byte, error) {
		b = append(b, '{')
		separator := ""
		for i := range members {
			m := &members[i]
			value := v.Field(m.Index)
			if m.Omit && value.IsZero() {
				continue
			}
			var err error
			if b, err = m.Append(append(append(b, separator...), m.Name...), value); err != nil {
				return b, err
			}
			separator = ","
		}
		return append(b, '}'), nil
	}
}
