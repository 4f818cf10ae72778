package protocol_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// byStandard writes a value as encoding/json does when it does not escape for
// HTML.
func byStandard(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func sameAsStandard(t *testing.T, v any) {
	t.Helper()
	want, err := byStandard(v)
	require.NoError(t, err)
	got, err := protocol.Marshal(v)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

type (
	word  string
	inner struct {
		Text string     `json:"text"`
		At   time.Time  `json:"at"`
		Ends *time.Time `json:"ends"`
	}
	embedded struct {
		inner
		More bool `json:"more"`
	}
	itself struct {
		Name string   `json:"name"`
		Next *itself  `json:"next"`
		More []itself `json:"more"`
	}
	byPointer struct{ n int }
	omitting  struct {
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

func (b *byPointer) MarshalJSON() ([]byte, error) { return []byte(`{"by": "pointer"}`), nil }

func TestMarshal_writes_the_bytes_of_the_standard_library(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 120_000, time.FixedZone("", 3600))
	in := inner{"a", at, &at}
	for name, v := range map[string]any{
		"nothing":                    nil,
		"a text":                     "a",
		"a time":                     at,
		"a struct":                   in,
		"a pointer":                  &in,
		"a pointer to a pointer":     ptr(&in),
		"a pointer to nothing":       (*inner)(nil),
		"members left out":           omitting{},
		"members not left out":       omitting{"a", "b", 1, -2, true, &in, 3, &at},
		"an empty struct":            struct{}{},
		"an embedded struct":         embedded{in, true},
		"a type that has itself":     itself{"a", &itself{Name: "b"}, []itself{{Name: "c"}}},
		"a list":                     []inner{in, in},
		"an empty list":              []inner{},
		"no list":                    []inner(nil),
		"a list of lists":            [][]string{{"a", "b"}, nil},
		"bytes":                      []byte("a"),
		"a list of encoded JSON":     []json.RawMessage{json.RawMessage(`{ "a": "<" }`)},
		"a map":                      map[string]inner{"b": in, "a": in},
		"an interface":               struct{ V any }{in},
		"encoded JSON":               struct{ Raw json.RawMessage }{json.RawMessage(`{ "a": "<" }`)},
		"encoded JSON, in a pointer": &struct{ Raw json.RawMessage }{json.RawMessage(`{ "a": "<" }`)},
		"a method of the value": struct {
			C protocol.Cursor `json:"c"`
		}{protocol.Cursor{Seq: 1}},
		"a method of the pointer": &struct {
			B byPointer `json:"b"`
		}{byPointer{1}},
		"a method of a pointer that cannot be had": struct {
			B byPointer `json:"b"`
		}{byPointer{1}},
		"an embedded struct, omitted": &struct {
			*inner
			More int `json:"more"`
		}{},
		"members without a tag, hidden and quoted": struct {
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
		"lists left out": struct {
			L []string `json:"l,omitempty"`
			Z []string `json:"z,omitzero"`
		}{[]string{}, []string{}},
	} {
		t.Run(name, func(t *testing.T) { sameAsStandard(t, v) })
	}
	for _, p := range everyPayload {
		t.Run(string(p.EventType()), func(t *testing.T) { sameAsStandard(t, p) })
	}
}

func TestMarshal_refuses_what_the_standard_library_refuses(t *testing.T) {
	for name, v := range map[string]any{
		"a time beyond the year 9999":   inner{At: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"a channel":                     struct{ C chan int }{make(chan int)},
		"a channel that is not sent on": &struct{ C chan int }{},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := byStandard(v)
			require.Error(t, err)
			_, err = protocol.Marshal(v)
			require.Error(t, err)
		})
	}
}

func TestMarshal_can_be_called_from_many_goroutines(t *testing.T) {
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for n := range 1000 {
				sameAsStandard(t, omitting{Text: strings.Repeat("x", n), Count: n})
			}
		})
	}
}

func FuzzMarshal_text(f *testing.F) {
	for _, s := range []string{
		"", "plain", "<b> & co", `"quoted"`, `back\slash`, "line\nfeed", "\x00\x1f\x7f\x80", "é", "日本", "😀", "“”", "\u2028\u2029", "\xff", "a\xe2\x80",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { sameAsStandard(t, protocol.Message{Text: s, ReplyTo: &s}) })
}

func TestAppendWelcome_writes_every_member(t *testing.T) {
	w := protocol.Welcome{Presence: []string{"a"}, Approvals: []protocol.Approval{{ID: "b"}}, Cursor: "c", Limits: protocol.DefaultLimits}
	plain, err := protocol.Marshal(w)
	require.NoError(t, err)
	line, err := protocol.AppendWelcome(nil, "1", &w, nil)
	require.NoError(t, err)
	require.Equal(t, `{"type":"welcome","id":"1","payload":`+string(plain)+`}`, string(line))
}
