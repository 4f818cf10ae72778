package report

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Setting is one of the settings of a scenario.
type Setting struct {
	Name  string
	Value Value
}

// Value is the value of a setting: a text or, if Text is empty, a number. In
// JSON it is a string or a number.
type Value struct {
	Text   string
	Number float64
}

// Text returns a setting whose value is a text.
func Text[T ~string](name string, value T) Setting {
	return Setting{Name: name, Value: Value{Text: string(value)}}
}

// Number returns a setting whose value is a number.
func Number[T int | float64](name string, value T) Setting {
	return Setting{Name: name, Value: Value{Number: float64(value)}}
}

// String returns the text, or the number without an exponent.
func (v Value) String() string {
	if v.Text != "" {
		return v.Text
	}
	return strconv.FormatFloat(v.Number, 'f', -1, 64)
}

// MarshalJSON implements [json.Marshaler].
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Text != "" {
		return json.Marshal(v.Text)
	}
	return json.Marshal(v.Number)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *Value) UnmarshalJSON(b []byte) error {
	*v = Value{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &v.Text)
	}
	return json.Unmarshal(b, &v.Number)
}

// Name returns a name for a measurement of a kind with these settings. Measurements with
// the same name measure the same.
func Name(kind string, settings []Setting) string {
	var b strings.Builder
	b.WriteString(kind)
	for _, s := range settings {
		fmt.Fprintf(&b, " %s=%s", s.Name, s.Value)
	}
	return b.String()
}

// NewResult returns an empty result for these settings.
func NewResult(kind string, settings []Setting, besideName string) Result {
	r := Result{Kind: kind, Name: Name(kind, settings), BaselineName: besideName, Settings: make(map[string]Value, len(settings))}
	for _, s := range settings {
		r.Settings[s.Name] = s.Value
	}
	return r
}
