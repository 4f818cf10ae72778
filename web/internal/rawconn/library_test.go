package rawconn

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// The tests in this file pin what this package assumes of the WebSocket library. If a
// new version of the library fails one of them, input and WebSocket must change too.

func TestLibrary_writes_the_response_before_it_hijacks(t *testing.T) {
	l := acceptLibrary(t, websocket.AcceptOptions{Subprotocols: []string{"parley"}})
	require.Equal(t, []string{"status 101", "hijack"}, l.calls)
	require.Empty(t, l.conn.written, "it writes nothing else")
	require.Equal(t, "parley", l.header.Get("Sec-WebSocket-Protocol"))
	require.Empty(t, l.header.Get("Sec-WebSocket-Extensions"), "it does not compress unless asked to")
}

func TestLibrary_reads_no_byte_beyond_a_frame(t *testing.T) {
	frames := [][]byte{
		clientFrame(final|opPing, "alive?"),
		clientFrame(final|opText, "short"),
		clientFrame(final|opText, ""),
		clientFrame(final|opText, strings.Repeat("x", 5000)),
		clientFrame(final|opText, strings.Repeat("y", 70_000)),
		clientFrame(opText, "begun "),
		clientFrame(final|opPong, "within"),
		clientFrame(final, "and ended"),
		clientFrame(final|opPing, ""),
		clientFrame(final|opText, "last"),
	}
	ends := map[int]bool{}
	sent := 0
	for _, f := range frames {
		sent += len(f)
		ends[sent] = true
	}
	var l *library
	control := func(context.Context, []byte) bool {
		require.True(t, ends[l.conn.read], "a control frame is whole when its function is called")
		return false
	}
	l = acceptLibrary(t, websocket.AcceptOptions{
		OnPingReceived: control,
		OnPongReceived: func(ctx context.Context, p []byte) { control(ctx, p) },
	}, frames...)
	for _, want := range []string{"short", "", strings.Repeat("x", 5000), strings.Repeat("y", 70_000), "begun and ended", "last"} {
		kind, message, err := l.ws.Read(t.Context())
		require.NoError(t, err)
		require.Equal(t, websocket.MessageText, kind)
		require.Equal(t, want, string(message))
		require.True(t, ends[l.conn.read], "after %d bytes", l.conn.read)
	}
	require.Equal(t, sent, l.conn.read)
	require.Empty(t, l.conn.written, "it does not answer pings if the function returns false")
}

func TestLibrary_survives_an_error_between_two_frames(t *testing.T) {
	pause := errors.New("nothing has arrived")
	l := acceptLibrary(t, websocket.AcceptOptions{}, clientFrame(final|opText, "one"))
	_, message, err := l.ws.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, "one", string(message))
	for range 3 {
		l.conn.fail = pause
		_, _, err = l.ws.Reader(t.Context())
		require.ErrorIs(t, err, pause)
	}
	require.False(t, l.conn.closed)
	require.Empty(t, l.conn.written)
	l.conn.input.Write(clientFrame(final|opText, "two"))
	_, message, err = l.ws.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, "two", string(message))
}

func TestLibrary_returns_the_error_of_a_read_within_a_message(t *testing.T) {
	flood := errors.New("too many control frames")
	var l *library
	l = acceptLibrary(t, websocket.AcceptOptions{
		OnPongReceived: func(context.Context, []byte) { l.conn.fail = flood },
	}, clientFrame(opText, "begun"), clientFrame(final|opPong, ""))
	_, r, err := l.ws.Reader(t.Context())
	require.NoError(t, err)
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, flood)
	require.False(t, l.conn.closed)
}

func TestLibrary_writes_nothing_but_one_close_frame(t *testing.T) {
	reason := strings.Repeat("r", maxControlPayload-2)
	payload := func(code uint16, reason string) string {
		return string(binary.BigEndian.AppendUint16(nil, code)) + reason
	}
	closeFrame := func(code uint16, reason string) []byte { return controlFrame(opClose, []byte(payload(code, reason))) }
	clientClose := clientFrame(final|opClose, payload(1000, ""))

	t.Run("when the server closes", func(t *testing.T) {
		l := acceptLibrary(t, websocket.AcceptOptions{},
			clientFrame(final|opText, strings.Repeat("dropped", 100)), clientFrame(final|opPong, ""), clientClose)
		require.NoError(t, ignoreStatus(l.ws.Close(4001, reason)))
		require.Equal(t, [][]byte{closeFrame(4001, reason)}, l.conn.written)
		require.True(t, l.conn.closed)
		require.Zero(t, l.conn.input.Len(), "it reads up to the client's close frame")
	})
	t.Run("when the client closes", func(t *testing.T) {
		l := acceptLibrary(t, websocket.AcceptOptions{}, clientClose)
		_, _, err := l.ws.Reader(t.Context())
		require.Equal(t, websocket.StatusNormalClosure, websocket.CloseStatus(err))
		require.Equal(t, [][]byte{closeFrame(1000, "")}, l.conn.written)
		require.True(t, l.conn.closed)
	})
	t.Run("when the client breaks the protocol", func(t *testing.T) {
		for _, first := range []byte{final | 0x3, final | 0x40 | opText, final} {
			l := acceptLibrary(t, websocket.AcceptOptions{}, clientFrame(first, "x"))
			_, _, err := l.ws.Reader(t.Context())
			require.Error(t, err)
			require.Len(t, l.conn.written, 1)
			require.Equal(t, []byte{final | opClose, l.conn.written[0][1], 0x3, 0xea}, l.conn.written[0][:4], "1002")
		}
	})
	t.Run("but none when it closes at once", func(t *testing.T) {
		l := acceptLibrary(t, websocket.AcceptOptions{})
		require.NoError(t, l.ws.CloseNow())
		require.True(t, l.conn.closed)
		require.Empty(t, l.conn.written)
		require.Error(t, l.ws.Close(1000, ""), "only the first call closes")
	})
}

func TestLibrary_reads_messages_of_any_length_with_a_negative_limit(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	l := acceptLibrary(t, websocket.AcceptOptions{}, clientFrame(final|opText, long))
	l.ws.SetReadLimit(-1)
	_, message, err := l.ws.Read(t.Context())
	require.NoError(t, err)
	require.Len(t, message, len(long))
}

// library is a connection of the WebSocket library whose client is a script.
type library struct {
	ws     *websocket.Conn
	conn   *scriptedConn
	header http.Header
	calls  []string // of the ResponseWriter
}

// acceptLibrary has the library accept a connection on which these frames have
// arrived, with the buffers that this package gives it.
func acceptLibrary(t *testing.T, o websocket.AcceptOptions, frames ...[]byte) *library {
	t.Helper()
	l := &library{conn: new(scriptedConn), header: http.Header{}}
	for _, f := range frames {
		l.conn.input.Write(f)
	}
	ws, err := websocket.Accept(l, upgradeRequest(), &o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = ws.CloseNow() })
	ws.SetReadLimit(-1)
	l.ws = ws
	return l
}

func upgradeRequest() *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "websocket")
	r.Header.Set("Sec-WebSocket-Version", "13")
	r.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	r.Header.Set("Sec-WebSocket-Protocol", "parley")
	r.Header.Set("Sec-WebSocket-Extensions", "permessage-deflate")
	return r
}

func (l *library) Header() http.Header { return l.header }
func (l *library) Write(p []byte) (int, error) {
	l.calls = append(l.calls, "write")
	return len(p), nil
}

func (l *library) WriteHeader(status int) {
	l.calls = append(l.calls, fmt.Sprint("status ", status))
}

func (l *library) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	l.calls = append(l.calls, "hijack")
	return l.conn, bufio.NewReadWriter(bufio.NewReaderSize(l.conn, libraryBuffer), bufio.NewWriterSize(l.conn, writeBuffer)), nil
}

// scriptedConn is a connection that reads from a script, as an input does: a byte at
// a time into a small buffer.
type scriptedConn struct {
	net.Conn // nil: the library must call no other method
	input    bytes.Buffer
	fail     error // of the next Read
	read     int   // bytes
	written  [][]byte
	closed   bool
}

func (c *scriptedConn) Read(p []byte) (int, error) {
	if err := c.fail; err != nil {
		c.fail = nil
		return 0, err
	}
	if len(p) <= libraryBuffer {
		p = p[:1]
	}
	n, err := c.input.Read(p)
	c.read += n
	return n, err
}

func (c *scriptedConn) Write(p []byte) (int, error) {
	c.written = append(c.written, bytes.Clone(p))
	return len(p), nil
}

func (c *scriptedConn) Close() error { c.closed = true; return nil }

// clientFrame is a frame whose mask changes nothing.
func clientFrame(first byte, payload string) []byte {
	const masked = 0x80
	b := []byte{first}
	switch n := len(payload); {
	case n <= 125:
		b = append(b, masked|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, masked|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, masked|127), uint64(n))
	}
	return append(append(b, 0, 0, 0, 0), payload...)
}

// ignoreStatus returns nil for the client's close status.
func ignoreStatus(err error) error {
	if websocket.CloseStatus(err) != -1 {
		return nil
	}
	return err
}
