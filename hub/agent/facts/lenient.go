package facts

import "encoding/json"

type (
	// word is a string. Any other JSON value decodes as "".
	word string
	// listOf is a list of those elements that can be decoded. It is nil if the value
	// is not a list.
	listOf[T any] []T
	// maybe is a value that may be missing.
	maybe[T any] struct {
		value T
		some  bool // there is a value
	}
)

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (w *word) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*w = word(s)
	}
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (l *listOf[T]) UnmarshalJSON(b []byte) error {
	var elements []json.RawMessage
	if json.Unmarshal(b, &elements) != nil || elements == nil {
		return nil
	}
	*l = make(listOf[T], 0, len(elements))
	for _, raw := range elements {
		var v T
		if string(raw) != "null" && json.Unmarshal(raw, &v) == nil {
			*l = append(*l, v)
		}
	}
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (m *maybe[T]) UnmarshalJSON(b []byte) error {
	var v *T
	if json.Unmarshal(b, &v) == nil && v != nil {
		*m = maybe[T]{*v, true}
	}
	return nil
}
