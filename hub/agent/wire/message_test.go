package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/wire"
)

func TestParse_distinguishes_kinds_of_messages(t *testing.T) {
	for _, test := range []struct {
		name string
		line string
		kind string
	}{
		{"a method without an id is a notification", `{"jsonrpc":"2.0","method":"m"}`, "notification"},
		{"a method with an id of null is a notification", `{"jsonrpc":"2.0","method":"m","id":null}`, "notification"},
		{"a method with a number is a request", `{"jsonrpc":"2.0","method":"m","id":0}`, "request"},
		{"a method with a negative number is a request", `{"jsonrpc":"2.0","method":"m","id":-1}`, "request"},
		{"a method with a string is a request", `{"id":"x","method":"m","jsonrpc":"2.0"}`, "request"},
		{"a result is a response", `{"result":{},"id":1,"jsonrpc":"2.0"}`, "response"},
		{"a result of null is a response", `{"jsonrpc":"2.0","id":1,"result":null}`, "response"},
		{"an error is a response", `{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}`, "response"},
		{"an error beside a result of null is a response", `{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":1}}`, "response"},
		{"null members count as missing", `{"jsonrpc":"2.0","id":1,"method":null,"result":1,"error":null,"params":null}`, "response"},
		{"names are case-sensitive", `{"jsonrpc":"2.0","Method":"m","id":1,"result":0}`, "response"},
		{"names may have escapes", `{"json\u0072pc":"2.\u0030","m\u0065thod":"m"}`, "notification"},
		{"unknown members may repeat", `{"jsonrpc":"2.0","method":"m","_x":1,"_x":2}`, "notification"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := wire.Parse([]byte(test.line))
			require.NoError(t, err)
			require.Equal(t, test.kind == "request", m.IsRequest())
			require.Equal(t, test.kind == "response", m.IsResponse())
		})
	}
}

func TestParse_refuses_invalid_JSON(t *testing.T) {
	for _, line := range []string{"", " ", "hello", "{", `{"jsonrpc":"2.0","method":"m"} x`, "\ufeff{}",
		"{\"jsonrpc\":\"2.0\",\"method\":\"a\tb\"}",
		strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)} {
		_, err := wire.Parse([]byte(line))
		require.ErrorIs(t, err, wire.ErrNotJSON, "%.40q", line)
	}
}

func TestParse_refuses_JSON_that_is_not_a_message(t *testing.T) {
	for name, line := range map[string]string{
		"a number":                        `1`,
		"a string":                        `"method"`,
		"null":                            `null`,
		"a list":                          `[]`,
		"a batch":                         `[{"jsonrpc":"2.0","method":"m"}]`,
		"an empty object":                 `{}`,
		"a log line with a method":        `{"level":30,"id":"req-9","method":"GET","status":200}`,
		"a log line with a result":        `{"level":"info","id":2,"result":"ok"}`,
		"version 1 of JSON-RPC":           `{"jsonrpc":"1.0","method":"m"}`,
		"a version that is a number":      `{"jsonrpc":2.0,"method":"m"}`,
		"a nested version":                `{"params":{"jsonrpc":"2.0"},"method":"m"}`,
		"a version in capitals":           `{"JSONRPC":"2.0","method":"m"}`,
		"nothing but the version":         `{"jsonrpc":"2.0"}`,
		"an id alone":                     `{"jsonrpc":"2.0","id":1}`,
		"an answer to null":               `{"jsonrpc":"2.0","id":null,"result":1}`,
		"an id that is an object":         `{"jsonrpc":"2.0","id":{},"method":"m"}`,
		"an id that is true":              `{"jsonrpc":"2.0","id":true,"result":1}`,
		"a method that is a number":       `{"jsonrpc":"2.0","method":1,"id":1,"result":1}`,
		"a method that is empty":          `{"jsonrpc":"2.0","method":"","id":1}`,
		"an error of null":                `{"jsonrpc":"2.0","id":1,"error":null}`,
		"a call with a result":            `{"jsonrpc":"2.0","id":1,"method":"m","result":{}}`,
		"a call with an error":            `{"jsonrpc":"2.0","id":1,"method":"m","error":{}}`,
		"an answer with both":             `{"jsonrpc":"2.0","id":1,"result":{},"error":{}}`,
		"two versions":                    `{"jsonrpc":"1.0","jsonrpc":"2.0","method":"m"}`,
		"two ids":                         `{"jsonrpc":"2.0","id":1,"id":2,"result":{}}`,
		"two methods":                     `{"jsonrpc":"2.0","method":"a","method":"b"}`,
		"two methods, one with an escape": `{"jsonrpc":"2.0","method":"a","meth\u006fd":"b"}`,
		"two results, one of them null":   `{"jsonrpc":"2.0","id":1,"result":{},"result":null}`,
		"params twice":                    `{"jsonrpc":"2.0","method":"m","params":{},"params":{}}`,
		"two errors, one of them null":    `{"jsonrpc":"2.0","id":1,"error":null,"error":{"code":1}}`,
	} {
		_, err := wire.Parse([]byte(line))
		require.ErrorIs(t, err, wire.ErrNotMessage, name)
	}
}

func TestParse_finds_what_routing_needs(t *testing.T) {
	m, err := wire.Parse([]byte(` { "id" : "a\"b" ,"jsonrpc":"2.0", "params" : {"update":{"a":{"sessionUpdate":"no"},` +
		`"sessionUpdate":"tool_call"},"sessionId":"s"} , "method" : "session/update" } `))
	require.NoError(t, err)
	require.Equal(t, "session/update", m.Method)
	require.Equal(t, `"a\"b"`, string(m.ID))
	require.Equal(t, "tool_call", m.Update)
}

func TestMessage_WithSession_replaces_only_the_session_id(t *testing.T) {
	for _, test := range []struct{ name, line, want string }{
		{"only params.sessionId changes",
			`{"sessionId":"a","params":{"x":{"sessionId":"a"},"sessionId":"a","y":["sessionId","a"]},"method":"m"}`,
			`{"sessionId":"a","params":{"x":{"sessionId":"a"},"sessionId":"NEW","y":["sessionId","a"]},"method":"m"}`},
		{"spaces, large numbers and escapes stay",
			"{ \"method\":\"m\",\t\"params\" : { \"sessionId\" : \"a\\u002f\\\"\" , \"n\":12345678901234567890.10e-3,\"s\":\"\\/<&\\ud83d\\ude00\",\"z\":null } }",
			"{ \"method\":\"m\",\t\"params\" : { \"sessionId\" : \"NEW\" , \"n\":12345678901234567890.10e-3,\"s\":\"\\/<&\\ud83d\\ude00\",\"z\":null } }"},
		{"a repeated id changes everywhere",
			`{"method":"m","params":{"sessionId":"a","session\u0049d":"b"}}`,
			`{"method":"m","params":{"sessionId":"NEW","session\u0049d":"NEW"}}`},
		{"a value of any type changes",
			`{"method":"m","params":{"sessionId":{"a":[1,"}"]},"b":1}}`,
			`{"method":"m","params":{"sessionId":"NEW","b":1}}`},
		{"a list of params does not change",
			`{"method":"m","params":["sessionId","a",{"sessionId":"a"}]}`,
			`{"method":"m","params":["sessionId","a",{"sessionId":"a"}]}`},
		{"a message without a session id does not change", `{"method":"_x/y","params":{}}`, `{"method":"_x/y","params":{}}`},
		{"a message without params does not change", `{"method":"_x/y"}`, `{"method":"_x/y"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			rpc := func(line string) string { return `{"jsonrpc":"2.0",` + line[1:] }
			m, err := wire.Parse([]byte(rpc(test.line)))
			require.NoError(t, err)
			require.Equal(t, rpc(test.want), string(m.WithSession("NEW")))
		})
	}
}

func TestMessage_WithSession_returns_a_copy(t *testing.T) {
	line := []byte(`{"jsonrpc":"2.0","method":"m","params":{}}`)
	m, err := wire.Parse(line)
	require.NoError(t, err)
	out := m.WithSession("NEW")
	clear(line)
	require.Equal(t, `{"jsonrpc":"2.0","method":"m","params":{}}`, string(out))
}

func TestIDKey_distinguishes_numbers_from_strings(t *testing.T) {
	require.NotEqual(t, wire.IDKey([]byte(`1`)), wire.IDKey([]byte(`"1"`)))
	require.Equal(t, wire.IDKey([]byte(`"a"`)), wire.IDKey([]byte(`"\u0061"`)))
}

func TestMessages_are_encoded_as_lines(t *testing.T) {
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

func TestDecodeError_bounds_the_message(t *testing.T) {
	require.EqualError(t, wire.DecodeError([]byte(`{"code":-32000,"message":"log in first"}`)), "log in first")
	require.EqualError(t, wire.DecodeError([]byte(`{"code":5}`)), "error 5")
	require.ErrorContains(t, wire.DecodeError([]byte(`"what"`)), "malformed error")
	long := wire.DecodeError([]byte(`{"message":"` + strings.Repeat("é", 1<<20) + `"}`)).Message
	require.Less(t, len(long), 5<<10)
	require.True(t, strings.HasSuffix(long, "é…"))
}
