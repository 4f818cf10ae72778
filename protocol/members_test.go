package protocol

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzEachMember compares the walk with what encoding/json makes of an object.
func FuzzEachMember(f *testing.F) {
	for _, s := range []string{
		`{}`, ` { } `, `[]`, `null`, `"{}"`, `1`, `{"a":1}`, "\t{ \"a\" :\r\n[ 1 , {\"b\":\"]}\\\"\"} ] , \"c\" : null }\n",
		`{"\u0061":"é","a":2,"":-1.5e3,"\"":true,"\\":[]}`, "{\"\xff\":\"\xff\"}", `{"a":{"b":{"c":[[],{}]}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		var want map[string]json.RawMessage
		isObject := json.Unmarshal(data, &want) == nil && want != nil
		got := map[string]json.RawMessage{}
		require.Equal(t, isObject, eachMember(data, func(name, value []byte) {
			text, ok := textOf([]byte(`"` + string(mustQuote(t, name)) + `"`))
			require.True(t, ok)
			got[text] = value
			requireText(t, value)
		}))
		if isObject {
			require.Equal(t, want, got)
		}
	})
}

// mustQuote puts back the escapes that a name has lost, and makes what is not
// UTF-8 of it what encoding/json does.
func mustQuote(t *testing.T, name []byte) []byte {
	quoted, err := json.Marshal(string(name))
	require.NoError(t, err)
	return quoted[1 : len(quoted)-1]
}

// requireText compares how a value is read as a string.
func requireText(t *testing.T, value []byte) {
	var want string
	isText := value[0] == '"' && json.Unmarshal(value, &want) == nil
	got, ok := textOf(value)
	require.Equal(t, isText, ok, "%s", value)
	require.Equal(t, want, got)
}
