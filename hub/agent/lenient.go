package agent

import "encoding/json"

// Agents leave members out that they owe, and send others than they should. What
// follows reads what can be read: a member of the wrong type is as good as
// missing, and one bad element does not spoil a list.

type (
	// word is a string; anything else is empty.
	word string
	// listOf is a list of what can be read of it. It is nil when there is none.
	listOf[T any] []T
	// maybe is a value that may be missing.
	maybe[T any] struct {
		value T
		some  bool
	}
)

// UnmarshalJSON implements json.Unmarshaler. It does not fail.
func (w *word) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*w = word(s)
	}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler. It does not fail.
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

// UnmarshalJSON implements json.Unmarshaler. It does not fail.
func (m *maybe[T]) UnmarshalJSON(b []byte) error {
	var v *T
	if json.Unmarshal(b, &v) == nil && v != nil {
		*m = maybe[T]{*v, true}
	}
	return nil
}
