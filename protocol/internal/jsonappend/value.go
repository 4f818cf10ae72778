package jsonappend

import (
	"reflect"
	"strconv"
	"sync"
	"time"
)

// Value appends v to b. It returns the errors of [encoding/json], such as for a
// channel or a time beyond the year 9999.
func Value(b []byte, v any) ([]byte, error) {
	value := reflect.ValueOf(v)
	if !value.IsValid() {
		return append(b, "null"...), nil
	}
	return encoderFor(value.Type())(b, value)
}

// An Encoder appends a value of one type to b.
type Encoder func(b []byte, v reflect.Value) ([]byte, error)

var encoders sync.Map // reflect.Type to Encoder

// encoderFor returns the cached encoder of a type, or makes it.
func encoderFor(t reflect.Type) Encoder {
	if cached, ok := encoders.Load(t); ok {
		return cached.(Encoder)
	}
	e := sync.OnceValue(func() Encoder { return newEncoder(t) })
	// A recursive type looks its own encoder up while that is being made. It finds
	// this placeholder, which resolves to the finished encoder at its first use.
	encoders.LoadOrStore(t, Encoder(func(b []byte, v reflect.Value) ([]byte, error) { return e()(b, v) }))
	encoders.Store(t, e())
	return e()
}

func newEncoder(t reflect.Type) Encoder {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return appendTime
	case t == reflect.TypeFor[*time.Time]():
		return pointerEncoder(appendTime)
	case isMarshaler(t), isMarshaler(reflect.PointerTo(t)):
		return appendOther
	}
	switch t.Kind() {
	case reflect.String:
		return func(b []byte, v reflect.Value) ([]byte, error) { return String(b, v.String()) }
	case reflect.Bool:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(b, v.Bool()), nil }
	case reflect.Int, reflect.Int64:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendInt(b, v.Int(), 10), nil }
	case reflect.Pointer:
		return pointerEncoder(encoderFor(t.Elem()))
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 { // encoding/json writes bytes as base64
			return listEncoder(encoderFor(t.Elem()))
		}
	case reflect.Struct:
		if members, ok := MembersOf(t); ok {
			return structEncoder(members)
		}
	}
	return appendOther
}

// isMarshaler reports whether encoding/json calls a method of the type.
func isMarshaler(t reflect.Type) bool {
	_, asJSON := t.MethodByName("MarshalJSON")
	_, asText := t.MethodByName("MarshalText")
	return asJSON || asText
}

// appendOther leaves a value to encoding/json.
func appendOther(b []byte, v reflect.Value) ([]byte, error) {
	if v.CanAddr() {
		v = v.Addr() // as encoding/json does, for methods of the pointer
	}
	return appendStandard(b, v.Interface())
}

func appendTime(b []byte, v reflect.Value) ([]byte, error) {
	at, _ := reflect.TypeAssert[time.Time](v)
	b, err := at.AppendText(append(b, '"'))
	return append(b, '"'), err
}

func pointerEncoder(elem Encoder) Encoder {
	return func(b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return elem(b, v.Elem())
	}
}

func listEncoder(elem Encoder) Encoder {
	return func(b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = elem(b, v.Index(i)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
}
