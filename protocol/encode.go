package protocol

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// appendValue writes v behind what b has: the very bytes of encoding/json, but
// for <, > and &, which stay as they are. Texts, times, numbers, and structs and
// lists of them, which is nearly all there is, take half the time that they take
// there; it is left the rest.
func appendValue(b []byte, v any) ([]byte, error) {
	value := reflect.ValueOf(v)
	if !value.IsValid() {
		return append(b, "null"...), nil
	}
	return writerFor(value.Type())(b, value)
}

// writer writes a value of one type behind what b has.
type writer func(b []byte, v reflect.Value) ([]byte, error)

var writers sync.Map // reflect.Type to writer

func writerFor(t reflect.Type) writer {
	if cached, ok := writers.Load(t); ok {
		return cached.(writer)
	}
	w := sync.OnceValue(func() writer { return newWriter(t) })
	// A type that contains itself asks for its own writer while that is made. It
	// finds one that gets the other when it is used.
	writers.LoadOrStore(t, writer(func(b []byte, v reflect.Value) ([]byte, error) { return w()(b, v) }))
	writers.Store(t, w())
	return w()
}

func newWriter(t reflect.Type) writer {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return writeTime
	case t == reflect.TypeFor[*time.Time]():
		return pointerWriter(writeTime)
	case writesItself(t), writesItself(reflect.PointerTo(t)):
		return writeOther
	}
	switch t.Kind() {
	case reflect.String:
		return func(b []byte, v reflect.Value) ([]byte, error) { return appendText(b, v.String()) }
	case reflect.Bool:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(b, v.Bool()), nil }
	case reflect.Int, reflect.Int64:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendInt(b, v.Int(), 10), nil }
	case reflect.Pointer:
		return pointerWriter(writerFor(t.Elem()))
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 { // which is base64
			return listWriter(writerFor(t.Elem()))
		}
	case reflect.Struct:
		if members, plain := membersOf(t); plain {
			return structWriter(members)
		}
	}
	return writeOther
}

// writesItself reports whether encoding/json calls a method of the type.
func writesItself(t reflect.Type) bool {
	_, asJSON := t.MethodByName("MarshalJSON")
	_, asText := t.MethodByName("MarshalText")
	return asJSON || asText
}

// writeOther leaves a value to encoding/json.
func writeOther(b []byte, v reflect.Value) ([]byte, error) {
	if v.CanAddr() {
		v = v.Addr() // as encoding/json does, for methods of the pointer
	}
	return appendJSON(b, v.Interface())
}

func writeTime(b []byte, v reflect.Value) ([]byte, error) {
	at, _ := reflect.TypeAssert[time.Time](v)
	b, err := at.AppendText(append(b, '"'))
	return append(b, '"'), err
}

func pointerWriter(write writer) writer {
	return func(b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return write(b, v.Elem())
	}
}

func listWriter(write writer) writer {
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
			if b, err = write(b, v.Index(i)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
}

// member is a member of a struct that is written.
type member struct {
	name  string // quoted, with the colon
	index int
	omit  bool // when it is zero
	write writer
}

// membersOf returns the members of a struct, or false when it has any that only
// encoding/json knows how to write.
func membersOf(t reflect.Type) (members []member, plain bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "" || name == "-" {
			return nil, false
		}
		switch options {
		case "":
		case "omitempty", "omitzero": // the same for what is here
			switch f.Type.Kind() {
			case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Pointer:
			default:
				return nil, false
			}
		default:
			return nil, false
		}
		members = append(members, member{`"` + name + `":`, i, options != "", writerFor(f.Type)})
	}
	return members, true
}

func structWriter(members []member) writer {
	return func(b []byte, v reflect.Value) ([]byte, error) {
		b = append(b, '{')
		between := ""
		for i := range members {
			m := &members[i]
			value := v.Field(m.index)
			if m.omit && value.IsZero() {
				continue
			}
			var err error
			if b, err = m.write(append(append(b, between...), m.name...), value); err != nil {
				return b, err
			}
			between = ","
		}
		return append(b, '}'), nil
	}
}

// appendText writes a string. One that encoding/json would escape something of,
// or may, is left to it.
func appendText(b []byte, s string) ([]byte, error) {
	if !verbatim(s) {
		return appendJSON(b, s)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"'), nil
}

// verbatim reports whether a text stands in JSON as it is.
func verbatim(s string) bool {
	for i := range len(s) {
		if mayEscape[s[i]] {
			return false
		}
	}
	return utf8.ValidString(s)
}

// mayEscape holds the bytes of characters that are escaped: quotes,
// backslashes, controls, and what U+2028 and U+2029 begin with.
var mayEscape = func() (table [256]bool) {
	for c := range ' ' {
		table[c] = true
	}
	table['"'], table['\\'], table["\u2028"[0]] = true, true, true
	return table
}()

// appendJSON is appendValue by encoding/json alone.
func appendJSON(b []byte, v any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	defer e.free()
	if err := e.json.Encode(v); err != nil {
		return nil, err
	}
	return append(b, bytes.TrimSuffix(e.buf.Bytes(), []byte{'\n'})...), nil
}

// encoder is used again and again: what it writes into has grown by then.
type encoder struct {
	buf  bytes.Buffer
	json *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.json = json.NewEncoder(&e.buf)
	e.json.SetEscapeHTML(false)
	return e
}}

// free gives the encoder back, but for one that something large has grown.
func (e *encoder) free() {
	if e.buf.Cap() > maxKeptBuffer {
		return
	}
	e.buf.Reset()
	encoders.Put(e)
}
