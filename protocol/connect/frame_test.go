package connect_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/connect"
)

func TestFrame_is_encoded_as_a_header_line_and_the_body(t *testing.T) {
	f := connect.Frame{Number: 7, Ack: 3, Type: connect.TypeLine, Body: []byte("not \xff JSON\r")}
	message := f.Encode()
	require.Equal(t, "{\"type\":\"line\",\"n\":7,\"ack\":3}\nnot \xff JSON\r", string(message))
	again, err := connect.Decode(message)
	require.NoError(t, err)
	require.Equal(t, f, again)
}

func TestDecode_refuses(t *testing.T) {
	for name, message := range map[string]string{
		"no header":               ``,
		"no line feed":            `{"type":"ack"}`,
		"a long header":           `{"type":"ack","x":"` + strings.Repeat("x", connect.MaxHeader) + "\"}\n",
		"no JSON":                 "ack\n",
		"no type":                 "{}\n",
		"an unknown type":         "{\"type\":\"exec\",\"n\":1}\n",
		"a name in another case":  "{\"Type\":\"ack\"}\n",
		"a line without a number": "{\"type\":\"line\"}\n{}",
		"a welcome with a number": "{\"type\":\"welcome\",\"n\":1}\n{}",
		"a negative number":       "{\"type\":\"line\",\"n\":-1}\n{}",
		"a fraction":              "{\"type\":\"line\",\"n\":1.5}\n{}",
		"two lines":               "{\"type\":\"line\",\"n\":1}\na\nb",
		"an ack with a body":      "{\"type\":\"ack\"}\nx",
	} {
		_, err := connect.Decode([]byte(message))
		require.Error(t, err, name)
		require.NotEqual(t, protocol.CodeInternal, protocol.AsError(err).Code, name)
	}
}

func TestDecode_bounds_every_body(t *testing.T) {
	for _, typ := range []connect.Type{connect.TypeHello, connect.TypeStart, connect.TypeStderr, connect.TypeAnswer} {
		f := connect.Frame{Type: typ, Body: bytes.Repeat([]byte{' '}, connect.MaxAnswer+1)}
		if typ == connect.TypeStart || typ == connect.TypeStderr {
			f.Number = 1
		}
		_, err := connect.Decode(f.Encode())
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeTooLarge}, string(typ))
	}
}

func hello() connect.Hello {
	return connect.Hello{Key: strings.Repeat("k", connect.MinKey), Incarnation: "i", Agent: "opencode", Dir: "/src", FilesDir: "/tmp/files"}
}

func TestDecodeHello_checks_its_members(t *testing.T) {
	good := hello()
	got, err := connect.DecodeHello(connect.Frame{Type: connect.TypeHello, Body: good.Encode()})
	require.NoError(t, err)
	require.Equal(t, good, got)
	for name, change := range map[string]func(*connect.Hello){
		"a short key":         func(h *connect.Hello) { h.Key = h.Key[1:] },
		"a long key":          func(h *connect.Hello) { h.Key = strings.Repeat("k", connect.MaxKey+1) },
		"no incarnation":      func(h *connect.Hello) { h.Incarnation = "" },
		"no agent":            func(h *connect.Hello) { h.Agent = "" },
		"a long title":        func(h *connect.Hello) { h.Title = strings.Repeat("t", connect.MaxName+1) },
		"a relative dir":      func(h *connect.Hello) { h.Dir = "src" },
		"a relative filesDir": func(h *connect.Hello) { h.FilesDir = "files" },
		"a NUL in dir":        func(h *connect.Hello) { h.Dir = "/a\x00" },
	} {
		bad := hello()
		change(&bad)
		_, err := connect.DecodeHello(connect.Frame{Type: connect.TypeHello, Body: bad.Encode()})
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidRequest}, name)
	}
	_, err = connect.DecodeHello(connect.Frame{Type: connect.TypeAck})
	require.ErrorContains(t, err, "instead of hello")
}

func TestDecodeFile_the_server_names_no_path_outside_the_directory(t *testing.T) {
	good := connect.File{Dir: "id", Name: "a b.png", Content: []byte{0, 1, '\n'}}
	got, err := connect.DecodeFile(connect.Frame{Type: connect.TypeFile, Body: good.Encode()})
	require.NoError(t, err)
	require.Equal(t, good, got)
	for _, name := range []string{"", ".", "..", "../x", "a/b", "/etc/passwd", `a\b`, ".bashrc", "a\x00", strings.Repeat("x", 256)} {
		for _, bad := range []connect.File{{Dir: name, Name: "x"}, {Dir: "x", Name: name}} {
			_, err := connect.DecodeFile(connect.Frame{Type: connect.TypeFile, Body: bad.Encode()})
			require.Error(t, err, name)
		}
	}
	for _, body := range []string{"", "abc", "\xff\xff\xff\xff{}", "\x00\x00\x00\x09{}"} {
		_, err := connect.DecodeFile(connect.Frame{Type: connect.TypeFile, Body: []byte(body)})
		require.Error(t, err)
	}
}

func TestDecodeBody_is_strict(t *testing.T) {
	stop, err := connect.DecodeBody[connect.Stop](connect.Frame{Type: connect.TypeStop, Body: connect.Stop{Run: 2, Signal: connect.Kill}.Encode()})
	require.NoError(t, err)
	require.Equal(t, connect.Stop{Run: 2, Signal: connect.Kill}, stop)
	for _, body := range []string{``, `[]`, `{"run":1}`, `{"run":1,"signal":"exec"}`, `{"run":"1","signal":"kill"}`} {
		_, err := connect.DecodeBody[connect.Stop](connect.Frame{Type: connect.TypeStop, Body: []byte(body)})
		require.ErrorContains(t, err, "stop: ", body)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []connect.Frame{
		{Type: connect.TypeHello, Body: hello().Encode()},
		{Type: connect.TypeWelcome, Body: connect.Welcome{HostSession: "h", Resume: connect.Returned}.Encode()},
		{Type: connect.TypeAck, Ack: 5},
		{Type: connect.TypeLine, Number: 9, Ack: 2, Body: []byte(`{"jsonrpc":"2.0"}`)},
		{Type: connect.TypeStop, Number: 1, Body: connect.Stop{Run: 1, Signal: connect.Terminate}.Encode()},
		{Type: connect.TypeFile, Number: 1, Body: connect.File{Dir: "a", Name: "b", Content: []byte("c")}.Encode()},
		{Type: connect.TypeAsk, Body: connect.Ask{ID: "1", Subject: connect.AskFiles, Session: "s", Text: "x"}.Encode()},
	} {
		f.Add(seed.Encode())
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		frame, err := connect.Decode(message)
		if err != nil {
			require.NotEqual(t, protocol.CodeInternal, protocol.AsError(err).Code)
			return
		}
		again, err := connect.Decode(frame.Encode())
		require.NoError(t, err)
		require.Equal(t, frame.Number, again.Number)
		require.Equal(t, frame.Ack, again.Ack)
		require.Equal(t, frame.Type, again.Type)
		require.True(t, bytes.Equal(frame.Body, again.Body))
		decodeBody(t, frame)
	})
}

// decodeBody decodes the body as every type that it may have.
func decodeBody(t *testing.T, f connect.Frame) {
	_, helloErr := connect.DecodeHello(f)
	file, fileErr := connect.DecodeFile(f)
	_, stopErr := connect.DecodeBody[connect.Stop](f)
	_, askErr := connect.DecodeBody[connect.Ask](f)
	for _, err := range []error{helloErr, fileErr, stopErr, askErr} {
		require.False(t, err != nil && protocol.AsError(err).Code == protocol.CodeInternal)
	}
	if fileErr == nil {
		require.NotContains(t, file.Dir+file.Name, "/")
	}
}
