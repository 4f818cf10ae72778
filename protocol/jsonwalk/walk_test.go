package jsonwalk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/protocol/jsonwalk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// FuzzMembers compares Members with encoding/json.
func FuzzMembers(f *testing.F) {
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
		require.Equal(t, isObject, jsonwalk.IsObject(data))
		got := map[string]json.RawMessage{}
		for name, value := range jsonwalk.Members(data, 0) {
			got[valid(t, name)] = value.Of(data)
			requireText(t, value.Of(data))
		}
		if isObject {
			require.Equal(t, want, got)
		} else {
			require.Empty(t, got)
		}
	})
}

// valid replaces invalid UTF-8 in a name as encoding/json does.
func valid(t *testing.T, name []byte) (text string) {
	quoted, err := json.Marshal(string(name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(quoted, &text))
	return text
}

// requireText compares Text with encoding/json.
func requireText(t *testing.T, value []byte) {
	var want string
	isText := value[0] == '"' && json.Unmarshal(value, &want) == nil
	got, ok := jsonwalk.Text(value)
	require.Equal(t, isText, ok, "%s", value)
	require.Equal(t, want, got)
}

func TestMembers_of_a_nested_object(t *testing.T) {
	data := []byte(`{"a":{"b":"c","d":1}}`)
	for _, outer := range jsonwalk.Members(data, 0) {
		for name, inner := range jsonwalk.Members(data, outer.Start) {
			require.Equal(t, "b", string(name))
			require.Equal(t, `"c"`, string(inner.Of(data)))
			break
		}
	}
}

func TestMembers_does_not_recurse(t *testing.T) {
	deep := strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999)
	for _, value := range jsonwalk.Members([]byte(`{"a":`+deep+`}`), 0) {
		require.Len(t, deep, value.End-value.Start)
	}
}

func TestText_of_empty_input(t *testing.T) {
	_, ok := jsonwalk.Text(nil)
	require.False(t, ok)
}

func TestLoneSurrogate(t *testing.T) {
	for data, want := range map[string]bool{
		`"plain"`:                    false,
		`"\u00e9\n\\"`:               false,
		`"\ud83d\ude00"`:             false,
		`"\uD83D\uDE00\ud83d\ude00"`: false,
		`"\\ud83d"`:                  false, // an escaped backslash before text
		`"\\\ud83d"`:                 true,
		`"\ud83d"`:                   true,
		`"\ud83d "`:                  true,
		`"\ud83d\u0041"`:             true,
		`"\ud83d\ud83d\ude00"`:       true,
		`"\ud83d\\ude00"`:            true,
		`"\ude00"`:                   true,
		`{"a\ude00":1}`:              true,
		`"\ufffd"`:                   false,
	} {
		require.Equal(t, want, jsonwalk.LoneSurrogate([]byte(data)), data)
	}
}
