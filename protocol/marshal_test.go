package protocol_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestMarshal_equals_the_output_of_encoding_json(t *testing.T) {
	for _, p := range everyPayload {
		t.Run(string(p.EventType()), func(t *testing.T) {
			var want bytes.Buffer
			e := json.NewEncoder(&want)
			e.SetEscapeHTML(false)
			require.NoError(t, e.Encode(p))
			got, err := protocol.Marshal(p)
			require.NoError(t, err)
			require.Equal(t, want.String(), string(got)+"\n")
		})
	}
}

func TestMarshal_does_not_escape_for_HTML(t *testing.T) {
	b, err := protocol.Marshal(protocol.Message{Text: "<b> & co"})
	require.NoError(t, err)
	require.Contains(t, string(b), `"text":"<b> & co"`)
}

// odd is an event in a form that no encoder produces.
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

func TestMarshal_distinguishes_an_empty_list_from_null(t *testing.T) {
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

func TestMarshal_includes_every_nullable_member(t *testing.T) {
	for _, v := range []any{protocol.Session{}, protocol.Participant{}, protocol.Message{}, protocol.Approval{}} {
		b, err := protocol.Marshal(v)
		require.NoError(t, err)
		require.Contains(t, string(b), "null")
	}
	b, err := protocol.Marshal(protocol.Approval{})
	require.NoError(t, err)
	require.Equal(t, 5, strings.Count(string(b), "null"))
}
