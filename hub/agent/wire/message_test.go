package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/wire"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name string
		line string
		kind string
	}{
		{"a method without an id is a notification", `{"method":"m"}`, "notification"},
		{"a method with an id of null is a notification", `{"method":"m","id":null}`, "notification"},
		{"a method with a number is a request", `{"method":"m","id":0}`, "request"},
		{"a method with a string is a request", `{"id":"x","method":"m"}`, "request"},
		{"a result is a response", `{"id":1,"result":{}}`, "response"},
		{"a result of null is a response", `{"id":1,"result":null}`, "response"},
		{"an error is a response", `{"id":1,"error":{"code":1,"message":"m"}}`, "response"},
		{"a name in other letters is another name", `{"Method":"m","id":1,"result":0}`, "response"},
		{"a name that is spelled with escapes is the name", `{"m\u0065thod":"m"}`, "notification"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := wire.Parse([]byte(test.line))
			require.NoError(t, err)
			require.Equal(t, test.kind == "request", m.IsRequest())
			require.Equal(t, test.kind == "response", m.IsResponse())
		})
	}
}

func TestParse_refuses_what_is_no_message(t *testing.T) {
	for _, line := range []string{"", " ", "hello", "{", `{"method":"m"} x`, "\ufeff{}", "{\"method\":\"a\tb\"}",
		strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)} {
		_, err := wire.Parse([]byte(line))
		require.ErrorIs(t, err, wire.ErrNotJSON, "%.40q", line)
	}
	for _, line := range []string{"1", `"method"`, "null", "[]", `[{"method":"m"}]`, "{}", `{"id":1}`,
		`{"id":null,"result":1}`, `{"method":1}`, `{"id":1,"error":null}`} {
		_, err := wire.Parse([]byte(line))
		require.ErrorIs(t, err, wire.ErrNotMessage, "%q", line)
	}
}

func TestParse_finds_what_routing_needs(t *testing.T) {
	m, err := wire.Parse([]byte(` { "id" : "a\"b" , "params" : {"update":{"a":{"sessionUpdate":"no"},` +
		`"sessionUpdate":"tool_call"},"sessionId":"s"} , "method" : "session/update" } `))
	require.NoError(t, err)
	require.Equal(t, "session/update", m.Method)
	require.Equal(t, `"a\"b"`, string(m.ID))
	require.Equal(t, "tool_call", m.Update)
}

func TestMessage_WithSession(t *testing.T) {
	for _, test := range []struct{ name, line, want string }{
		{"only params.sessionId changes",
			`{"sessionId":"a","params":{"x":{"sessionId":"a"},"sessionId":"a","y":["sessionId","a"]},"method":"m"}`,
			`{"sessionId":"a","params":{"x":{"sessionId":"a"},"sessionId":"NEW","y":["sessionId","a"]},"method":"m"}`},
		{"spaces, big numbers and escapes stay",
			"{ \"method\":\"m\",\t\"params\" : { \"sessionId\" : \"a\\u002f\\\"\" , \"n\":12345678901234567890.10e-3,\"s\":\"\\/<&\\ud83d\\ude00\",\"z\":null } }",
			"{ \"method\":\"m\",\t\"params\" : { \"sessionId\" : \"NEW\" , \"n\":12345678901234567890.10e-3,\"s\":\"\\/<&\\ud83d\\ude00\",\"z\":null } }"},
		{"every one changes if it is there twice",
			`{"method":"m","params":{"sessionId":"a","session\u0049d":"b"}}`,
			`{"method":"m","params":{"sessionId":"NEW","session\u0049d":"NEW"}}`},
		{"a value of any type changes",
			`{"method":"m","params":{"sessionId":{"a":[1,"}"]},"b":1}}`,
			`{"method":"m","params":{"sessionId":"NEW","b":1}}`},
		{"a list of params is left alone",
			`{"method":"m","params":["sessionId","a",{"sessionId":"a"}]}`,
			`{"method":"m","params":["sessionId","a",{"sessionId":"a"}]}`},
		{"a message without it is left alone", `{"method":"_x/y","params":{}}`, `{"method":"_x/y","params":{}}`},
		{"a message without params is left alone", `{"method":"_x/y"}`, `{"method":"_x/y"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := wire.Parse([]byte(test.line))
			require.NoError(t, err)
			require.Equal(t, test.want, string(m.WithSession("NEW")))
		})
	}
}

func TestMessage_WithSession_returns_a_copy(t *testing.T) {
	line := []byte(`{"method":"m","params":{}}`)
	m, err := wire.Parse(line)
	require.NoError(t, err)
	out := m.WithSession("NEW")
	clear(line)
	require.Equal(t, `{"method":"m","params":{}}`, string(out))
}

func TestIDKey_tells_numbers_from_strings(t *testing.T) {
	require.NotEqual(t, wire.IDKey([]byte(`1`)), wire.IDKey([]byte(`"1"`)))
	require.Equal(t, wire.IDKey([]byte(`"a"`)), wire.IDKey([]byte(`"\u0061"`)))
}

func TestEncoding(t *testing.T) {
	line, err := wire.Request(7, "m", map[string]string{"text": "<a> & b"})
	require.NoError(t, err)
	require.Equal(t, `{"jsonrpc":"2.0","id":7,"method":"m","params":{"text":"<a> & b"}}`+"\n", string(line))
	line, err = wire.Result([]byte(`"x"`), struct{}{})
	require.NoError(t, err)
	require.Equal(t, `{"jsonrpc":"2.0","id":"x","result":{}}`+"\n", string(line))
	line = wire.Failure([]byte(`0`), &wire.Error{Code: wire.CodeMethodNotFound, Message: "no"})
	require.Equal(t, `{"jsonrpc":"2.0","id":0,"error":{"code":-32601,"message":"no"}}`+"\n", string(line))
	line, err = wire.Notification("session/cancel", nil)
	require.NoError(t, err)
	require.Equal(t, `{"jsonrpc":"2.0","method":"session/cancel"}`+"\n", string(line))
	_, err = wire.Notification("m", func() {})
	require.Error(t, err)
}

func TestReadError(t *testing.T) {
	require.EqualError(t, wire.ReadError([]byte(`{"code":-32000,"message":"log in first"}`)), "log in first (error -32000)")
	require.EqualError(t, wire.ReadError([]byte(`{"code":5}`)), "error 5")
	require.ErrorContains(t, wire.ReadError([]byte(`"what"`)), "unreadable error")
	long := wire.ReadError([]byte(`{"message":"` + strings.Repeat("é", 1<<20) + `"}`)).Message
	require.Less(t, len(long), 5<<10)
	require.True(t, strings.HasSuffix(long, "é…"))
}
