package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// example has one field of each kind that [protocol.Decode] distinguishes.
type example struct {
	Text  string        `json:"text"`
	Count int           `json:"count,omitzero"`
	Mode  protocol.Mode `json:"mode,omitzero"`
	Name  *string       `json:"name,omitzero"`
}

func TestDecode(t *testing.T) {
	for _, tc := range []struct {
		name, data string
		want       string // the error message; empty for success
	}{
		{"decodes an object", `{"text":"a","count":2,"mode":"view_only","name":"n"}`, ""},
		{"does not require optional members", `{"text":""}`, ""},
		{"accepts null for an optional member", `{"text":"a","count":null,"mode":null,"name":null}`, ""},
		{"ignores unknown members", `{"text":"a","extra":{"text":1}}`, ""},
		{"matches names exactly", `{"Text":"a"}`, "text is missing"},
		{"ignores a member whose name differs in case", `{"text":"a","TEXT":7}`, ""},
		{"treats null as a missing required member", `{"text":null}`, "text is missing"},
		{"refuses a wrong type", `{"text":1}`, "text has the wrong type"},
		{"refuses a fraction for an integer", `{"text":"a","count":1.5}`, "count has the wrong type"},
		{"refuses an unknown word", `{"text":"a","mode":"anarchy"}`, "mode has an unknown value"},
		{"refuses an empty word", `{"text":"a","mode":""}`, "mode has an unknown value"},
		{"refuses a list", `["text"]`, "not a JSON object"},
		{"refuses null", `null`, "not a JSON object"},
		{"refuses invalid JSON", `{"text":`, "not a JSON object"},
		{"refuses two objects", `{"text":"a"}{"text":"b"}`, "not a JSON object"},
		{"refuses empty input", ``, "not a JSON object"},
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
