package jsonappend_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/protocol/internal/jsonappend"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// standard encodes a value with encoding/json, without HTML escaping.
func standard(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func requireSameAsStandard(t *testing.T, v any) {
	t.Helper()
	want, err := standard(v)
	require.NoError(t, err)
	got, err := jsonappend.Value(nil, v)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

type (
	word  string
	inner struct {
		Text string     `json:"text"`
		At   time.Time  `json:"at"`
		Ends *time.Time `json:"ends"`
	}
	embedding struct {
		inner
		More bool `json:"more"`
	}
	recursive struct {
		Name string      `json:"name"`
		Next *recursive  `json:"next"`
		More []recursive `json:"more"`
	}
	// valueMarshaler has its method on the value.
	valueMarshaler struct{ n int }
	// pointerMarshaler has its method on the pointer.
	pointerMarshaler struct{ n int }
	omitting         struct {
		Text   string     `json:"text,omitempty"`
		Word   word       `json:"word,omitzero"`
		Count  int        `json:"count,omitempty"`
		Long   int64      `json:"long,omitzero"`
		Is     bool       `json:"is,omitempty"`
		Inner  *inner     `json:"inner,omitzero"`
		Always int        `json:"always"`
		Ends   *time.Time `json:"ends,omitempty"`
	}
)

func (valueMarshaler) MarshalText() ([]byte, error)    { return []byte("by value"), nil }
func (*pointerMarshaler) MarshalJSON() ([]byte, error) { return []byte(`{"by": "pointer"}`), nil }

func TestValue_equals_the_output_of_encoding_json(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 120_000, time.FixedZone("", 3600))
	in := inner{"a", at, &at}
	pointer := &in
	for name, v := range map[string]any{
		"nil":                      nil,
		"a string":                 "a",
		"a time":                   at,
		"a struct":                 in,
		"a pointer":                &in,
		"a pointer to a pointer":   &pointer,
		"a nil pointer":            (*inner)(nil),
		"omitted members":          omitting{},
		"no omitted members":       omitting{"a", "b", 1, -2, true, &in, 3, &at},
		"an empty struct":          struct{}{},
		"an embedded struct":       embedding{in, true},
		"a recursive type":         recursive{"a", &recursive{Name: "b"}, []recursive{{Name: "c"}}},
		"a list":                   []inner{in, in},
		"an empty list":            []inner{},
		"a nil list":               []inner(nil),
		"a list of lists":          [][]string{{"a", "b"}, nil},
		"bytes":                    []byte("a"),
		"a list of raw JSON":       []json.RawMessage{json.RawMessage(`{ "a": "<" }`)},
		"a map":                    map[string]inner{"b": in, "a": in},
		"an interface":             struct{ V any }{in},
		"raw JSON":                 struct{ Raw json.RawMessage }{json.RawMessage(`{ "a": "<" }`)},
		"raw JSON in a pointer":    &struct{ Raw json.RawMessage }{json.RawMessage(`{ "a": "<" }`)},
		"a marshaler on the value": struct{ C valueMarshaler }{valueMarshaler{1}},
		"a marshaler on the pointer": &struct {
			B pointerMarshaler `json:"b"`
		}{pointerMarshaler{1}},
		"a marshaler on the pointer of a value without address": struct {
			B pointerMarshaler `json:"b"`
		}{pointerMarshaler{1}},
		"an omitted embedded struct": &struct {
			*inner
			More int `json:"more"`
		}{},
		"untagged, unexported, ignored and quoted members": struct {
			Plain  string
			hidden string
			Not    string `json:"-"`
			Quoted int    `json:"quoted,string"`
		}{"a", "b", "c", 1},
		"other numbers": struct {
			F float64 `json:"f"`
			U uint8   `json:"u"`
			E float64 `json:"e,omitempty"`
		}{F: 1e21, U: 7},
		"omitted lists": struct {
			L []string `json:"l,omitempty"`
			Z []string `json:"z,omitzero"`
		}{[]string{}, []string{}},
		"lists that are omitted if they are nil": []struct {
			Z    []string `json:"z,omitzero"`
			More int      `json:"more"`
		}{{}, {Z: []string{}}, {Z: []string{"a"}}},
	} {
		t.Run(name, func(t *testing.T) { requireSameAsStandard(t, v) })
	}
}

func TestValue_fails_where_encoding_json_fails(t *testing.T) {
	for name, v := range map[string]any{
		"a time beyond the year 9999": inner{At: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"a channel":                   struct{ C chan int }{make(chan int)},
		"a nil channel":               &struct{ C chan int }{},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := standard(v)
			require.Error(t, err)
			_, err = jsonappend.Value(nil, v)
			require.Error(t, err)
		})
	}
}

func TestValue_can_be_called_by_many_goroutines(t *testing.T) {
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for n := range 1000 {
				requireSameAsStandard(t, omitting{Text: strings.Repeat("x", n), Count: n})
			}
		})
	}
}

func TestValue_appends(t *testing.T) {
	got, err := jsonappend.Value([]byte("before:"), 7)
	require.NoError(t, err)
	require.Equal(t, "before:7", string(got))
}

func FuzzValue_string(f *testing.F) {
	for _, s := range []string{
		"", "plain", "<b> & co", `"quoted"`, `back\slash`, "line\nfeed", "\x00\x1f\x7f\x80", "é", "日本", "😀", "“”", "\u2028\u2029", "\xff", "a\xe2\x80",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		requireSameAsStandard(t, struct {
			S string  `json:"s"`
			P *string `json:"p"`
		}{s, &s})
	})
}

// BenchmarkValue shows what this package gains over encoding/json, for a message
// of about 400 bytes.
func BenchmarkValue(b *testing.B) {
	type message struct {
		ID        string    `json:"id"`
		Author    string    `json:"author"`
		Text      string    `json:"text"`
		ReplyTo   *string   `json:"replyTo"`
		CreatedAt time.Time `json:"createdAt"`
	}
	v := &message{ID: "m", Author: "u", Text: strings.Repeat("hello ", 50), CreatedAt: time.Date(2026, 3, 4, 5, 6, 7, 89_000, time.UTC)}
	b.Run("jsonappend", func(b *testing.B) {
		b.ReportAllocs()
		var buffer []byte
		for b.Loop() {
			var err error
			if buffer, err = jsonappend.Value(buffer[:0], v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding_json", func(b *testing.B) {
		b.ReportAllocs()
		var buffer bytes.Buffer
		e := json.NewEncoder(&buffer)
		e.SetEscapeHTML(false)
		for b.Loop() {
			buffer.Reset()
			if err := e.Encode(v); err != nil {
				b.Fatal(err)
			}
		}
	})
}
