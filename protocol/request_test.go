package protocol_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestDecodeRequest_reports_the_error_and_the_id(t *testing.T) {
	for _, tc := range []struct {
		name, line, id, message string
		fatal                   bool
	}{
		{"not an object", `7`, "", "", true},
		{"no type", `{"id":"a","payload":{}}`, "", "", true},
		{"a type that is not a string", `{"id":"a","type":["chat"]}`, "", "", true},
		{"no id", `{"type":"ping"}`, "", "id must be a string of 1 to 64 characters", false},
		{"an empty id", `{"id":"","type":"ping"}`, "", "id must be a string of 1 to 64 characters", false},
		{"an unknown type", `{"id":"a","type":"dance"}`, "a", `unknown command type "dance"`, false},
		{"a payload that is not an object", `{"id":"a","type":"leave","payload":[]}`, "a", "not a JSON object", false},
		{"a payload without a required member", `{"id":"a","type":"chat","payload":{}}`, "a", "text is missing", false},
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

func TestDecodeRequest_limits_an_id_in_characters(t *testing.T) {
	line := func(id string) []byte { return []byte(`{"id":"` + id + `","type":"ping"}`) }
	_, err := protocol.DecodeRequest(line(strings.Repeat("é", 64)), protocol.DefaultLimits)
	require.NoError(t, err)
	_, err = protocol.DecodeRequest(line(strings.Repeat("é", 65)), protocol.DefaultLimits)
	require.Error(t, err)
}

func TestDecodeRequest_accepts_a_command_without_payload(t *testing.T) {
	for _, line := range []string{`{"id":"a","type":"close"}`, `{"id":"a","type":"close","payload":null}`} {
		req, err := protocol.DecodeRequest([]byte(line), protocol.DefaultLimits)
		require.NoError(t, err)
		require.Equal(t, &protocol.Close{}, req.Command)
	}
}

func TestSplitLines_skips_blank_lines(t *testing.T) {
	got := slices.Collect(protocol.SplitLines([]byte("\n{\"a\":1}\r\n\n  \n{\"b\":\"\u2028\"}\n")))
	require.Equal(t, [][]byte{[]byte(`{"a":1}`), []byte("{\"b\":\"\u2028\"}")}, got)
}

func TestSplitLines_stops_when_the_loop_ends(t *testing.T) {
	for line := range protocol.SplitLines([]byte("a\nb")) {
		require.Equal(t, "a", string(line))
		break
	}
}
