package protocol_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// example has one field of each kind that Decode tells apart.
type example struct {
	Text  string        `json:"text"`
	Count int           `json:"count,omitzero"`
	Mode  protocol.Mode `json:"mode,omitzero"`
	Name  *string       `json:"name,omitzero"`
}

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name, data string
		want       string // the error's message; empty for none
	}{
		{"reads an object", `{"text":"a","count":2,"mode":"view_only","name":"n"}`, ""},
		{"needs only what is required", `{"text":""}`, ""},
		{"takes null for an optional member as left out", `{"text":"a","count":null,"mode":null,"name":null}`, ""},
		{"ignores unknown members", `{"text":"a","extra":{"text":1}}`, ""},
		{"matches names exactly", `{"Text":"a"}`, "text is missing"},
		{"is not fooled by a second spelling", `{"text":"a","TEXT":7}`, ""},
		{"takes null for a required member as missing", `{"text":null}`, "text is missing"},
		{"refuses a wrong type", `{"text":1}`, "text is not what it has to be"},
		{"refuses a fraction where a whole number is asked", `{"text":"a","count":1.5}`, "count is not what it has to be"},
		{"refuses an unknown word", `{"text":"a","mode":"anarchy"}`, "mode is not what it has to be"},
		{"refuses an empty word", `{"text":"a","mode":""}`, "mode is not what it has to be"},
		{"refuses a list", `["text"]`, "not a JSON object"},
		{"refuses null", `null`, "not a JSON object"},
		{"refuses what is not JSON", `{"text":`, "not a JSON object"},
		{"refuses two objects", `{"text":"a"}{"text":"b"}`, "not a JSON object"},
		{"refuses nothing", ``, "not a JSON object"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var into example
			err := protocol.Decode([]byte(tc.data), &into)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, protocol.Errorf(protocol.CodeInvalidRequest, "%s", tc.want), err)
		})
	}
}

func TestDecodeRequest_says_what_is_wrong_and_keeps_the_id(t *testing.T) {
	for _, tc := range []struct {
		name, line, id, message string
		fatal                   bool
	}{
		{"no object", `7`, "", "", true},
		{"no type", `{"id":"a","payload":{}}`, "", "", true},
		{"a type that is no string", `{"id":"a","type":["chat"]}`, "", "", true},
		{"no id", `{"type":"ping"}`, "", "id is a string of 1 to 64 characters", false},
		{"an empty id", `{"id":"","type":"ping"}`, "", "id is a string of 1 to 64 characters", false},
		{"an unknown type", `{"id":"a","type":"dance"}`, "a", `type "dance" is not a command`, false},
		{"a payload that is no object", `{"id":"a","type":"leave","payload":[]}`, "a", "not a JSON object", false},
		{"a payload that does not fit", `{"id":"a","type":"chat","payload":{}}`, "a", "text is missing", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, err := protocol.DecodeRequest([]byte(tc.line), protocol.DefaultLimits)
			require.Equal(t, protocol.CodeInvalidRequest, protocol.AsError(err).Code)
			if tc.fatal {
				require.ErrorIs(t, err, protocol.ErrNotProtocol)
				return
			}
			require.NotErrorIs(t, err, protocol.ErrNotProtocol)
			require.Equal(t, tc.message, protocol.AsError(err).Message)
			require.Equal(t, tc.id, req.ID)
		})
	}
}

func TestDecodeRequest_measures_an_id_in_characters(t *testing.T) {
	line := func(id string) []byte { return []byte(`{"id":"` + id + `","type":"ping"}`) }
	_, err := protocol.DecodeRequest(line(strings.Repeat("é", 64)), protocol.DefaultLimits)
	require.NoError(t, err)
	_, err = protocol.DecodeRequest(line(strings.Repeat("é", 65)), protocol.DefaultLimits)
	require.Error(t, err)
}

func TestDecodeRequest_takes_a_command_without_payload(t *testing.T) {
	for _, line := range []string{`{"id":"a","type":"close"}`, `{"id":"a","type":"close","payload":null}`} {
		req, err := protocol.DecodeRequest([]byte(line), protocol.DefaultLimits)
		require.NoError(t, err)
		require.Equal(t, &protocol.Close{}, req.Command)
	}
}

func TestSplitLines_yields_lines_without_blank_ones(t *testing.T) {
	got := slices.Collect(protocol.SplitLines([]byte("\n{\"a\":1}\r\n\n  \n{\"b\":\"\u2028\"}\n")))
	require.Equal(t, [][]byte{[]byte(`{"a":1}`), []byte("{\"b\":\"\u2028\"}")}, got)
}

func TestSplitLines_stops_when_its_caller_has_enough(t *testing.T) {
	for line := range protocol.SplitLines([]byte("a\nb")) {
		require.Equal(t, "a", string(line))
		break
	}
}

func TestMarshal_does_not_escape_for_HTML(t *testing.T) {
	b, err := protocol.Marshal(protocol.Message{Text: "<b> & co"})
	require.NoError(t, err)
	require.Contains(t, string(b), `"text":"<b> & co"`)
}

// odd is an event that no encoder would write like this.
var odd = json.RawMessage(`{ "type":"x",  "n": 1.0e2, "h":"<\u0026>" }`)

func TestMarshal_keeps_events_in_answers_byte_for_byte(t *testing.T) {
	events := []json.RawMessage{odd, odd}
	for _, answer := range []any{
		&protocol.HistoryAnswer{Events: events}, protocol.HistoryAnswer{Events: events},
		&protocol.EventsAnswer{Events: events}, protocol.EventsAnswer{Events: events},
	} {
		b, err := protocol.Marshal(answer)
		require.NoError(t, err)
		require.Contains(t, string(b), `":[`+string(odd)+`,`+string(odd)+`],"`)
		require.True(t, json.Valid(b))
	}
	b, err := protocol.Encode(&protocol.WelcomeMessage{ID: `a"b`, Payload: protocol.Welcome{Recent: events}})
	require.NoError(t, err)
	require.Contains(t, string(b), string(odd))
	require.True(t, json.Valid(b))
}

func TestMarshal_tells_an_empty_list_from_one_that_was_not_asked_for(t *testing.T) {
	for want, answer := range map[string]any{
		`{"events":[],"more":true,"gap":false}`: &protocol.HistoryAnswer{More: true},
		`{"events":[],"cursor":"c","gap":true}`: &protocol.EventsAnswer{Cursor: "c", Gap: true},
	} {
		b, err := protocol.Marshal(answer)
		require.NoError(t, err)
		require.Equal(t, want, string(b))
	}
	b, err := protocol.Encode(&protocol.WelcomeMessage{})
	require.NoError(t, err)
	require.Contains(t, string(b), `{"recent":null,`)
	b, err = protocol.Encode(&protocol.WelcomeMessage{Payload: protocol.Welcome{Recent: []json.RawMessage{}}})
	require.NoError(t, err)
	require.Contains(t, string(b), `{"recent":[],`)
}

func TestMarshal_shows_every_nullable_member(t *testing.T) {
	for _, v := range []any{protocol.Session{}, protocol.Participant{}, protocol.Message{}, protocol.Approval{}} {
		b, err := protocol.Marshal(v)
		require.NoError(t, err)
		require.Contains(t, string(b), "null")
	}
	b, err := protocol.Marshal(protocol.Approval{})
	require.NoError(t, err)
	require.Equal(t, 5, strings.Count(string(b), "null"))
}
