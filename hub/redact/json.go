package redact

import (
	"bytes"
	"encoding/json"
	"slices"

	"parley/protocol/jsonwalk"
)

// Masked is the masked form of a JSON value.
type Masked struct {
	JSON  []byte // the value itself if nothing is masked
	Hides bool   // a mask is in it
}

// JSONOptions say how a value is masked.
type JSONOptions struct {
	// Cut says that texts may be the beginnings of longer ones that are still to come, so
	// that a long beginning of a secret at an end is masked too.
	Cut bool
	// Keep reports whether the value of a member is left as it is, whatever is in it. free
	// is set inside of members for which Free has returned true.
	Keep func(name string, free bool) bool
	// At is the place of a text that has By in its place, whatever is in it; zero for none.
	At jsonwalk.Span
	By []byte
	// Free reports whether a member has content of any form, in which names mean nothing.
	Free func(name string) bool
}

// JSON masks the texts in a valid JSON value, and the values of members whose name is that
// of a secret. It changes nothing else.
func (r *Rules) JSON(value []byte, o JSONOptions) Masked {
	if len(value) == 0 {
		return Masked{JSON: value}
	}
	w := walker{rules: r, options: o, data: value}
	w.value(skipSpace(value, 0), "", false)
	if w.edits == nil {
		return Masked{JSON: value}
	}
	return Masked{JSON: applyEdits(value, w.edits), Hides: w.hides}
}

// edit is the replacement of a part of a value.
type edit struct {
	at jsonwalk.Span
	by []byte
}

func applyEdits(value []byte, edits []edit) []byte {
	masked := make([]byte, 0, len(value))
	at := 0
	for _, e := range edits {
		masked = append(append(masked, value[at:e.at.Start]...), e.by...)
		at = e.at.End
	}
	return append(masked, value[at:]...)
}

// walker collects the edits of a value.
type walker struct {
	rules   *Rules
	options JSONOptions
	data    []byte
	edits   []edit // in the order of their places
	hides   bool   // one of the edits has a mask
}

// value visits the value at i, which is that of a member unless name is empty, and returns
// the offset behind it.
func (w *walker) value(i int, name string, free bool) int {
	switch w.data[i] {
	case '"':
		end := jsonwalk.StringEnd(w.data, i)
		w.text(jsonwalk.Span{Start: i, End: end}, name)
		return end
	case '{':
		return w.object(i, free)
	case '[':
		return w.list(i, name, free)
	}
	for i < len(w.data) && bytes.IndexByte([]byte(",]} \t\n\r"), w.data[i]) < 0 {
		i++ // a number, true, false or null
	}
	return i
}

func (w *walker) object(i int, free bool) int {
	for i = skipSpace(w.data, i+1); w.data[i] != '}'; {
		end := jsonwalk.StringEnd(w.data, i)
		key := jsonwalk.Span{Start: i, End: end}
		name, _ := jsonwalk.Text(key.Of(w.data))
		i = skipSpace(w.data, skipSpace(w.data, end)+1) // after the colon
		if w.options.Keep != nil && w.options.Keep(name, free) && i != w.options.At.Start {
			i = jsonwalk.ValueEnd(w.data, i)
		} else {
			if len(name) >= minPartial { // a shorter name is no secret
				w.text(key, "")
			}
			i = w.value(i, name, free || w.options.Free != nil && w.options.Free(name))
		}
		if i = skipSpace(w.data, i); w.data[i] == ',' {
			i = skipSpace(w.data, i+1)
		}
	}
	return i + 1
}

func (w *walker) list(i int, name string, free bool) int {
	for i = skipSpace(w.data, i+1); w.data[i] != ']'; {
		i = skipSpace(w.data, w.value(i, name, free))
		if w.data[i] == ',' {
			i = skipSpace(w.data, i+1)
		}
	}
	return i + 1
}

// text masks a text, which is the value of a member unless name is empty.
func (w *walker) text(at jsonwalk.Span, name string) {
	if at == w.options.At {
		if !bytes.Equal(at.Of(w.data), w.options.By) {
			w.edits = append(w.edits, edit{at, w.options.By})
		}
		return
	}
	text, ok := jsonwalk.Text(at.Of(w.data))
	if !ok || text == "" {
		return
	}
	masked, hides := Mask, true
	if w.rules == nil || name == "" || len(text) < 4 || !memberName.MatchString(name) || isPlaceholder(text) {
		masked, hides = w.rules.mask(text, w.options.Cut)
	}
	if hides {
		w.edits, w.hides = append(w.edits, edit{at, EncodeText(masked)}), true
	}
}

// EncodeText encodes a text as JSON, without escapes for HTML.
func EncodeText(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // cannot fail
	return slices.Clip(bytes.TrimRight(b.Bytes(), "\n"))
}

func skipSpace(data []byte, i int) int {
	for data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r' {
		i++
	}
	return i
}
