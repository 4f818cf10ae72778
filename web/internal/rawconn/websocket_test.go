package rawconn

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// accept returns a WebSocket and its client's connection, behind the handshake. Over
// a pipe, the WebSocket has no socket.
func accept(t testing.TB, overPipe bool, o WebSocketOptions) (*WebSocket, net.Conn) {
	t.Helper()
	server, client := net.Conn(nil), net.Conn(nil)
	if overPipe {
		server, client = net.Pipe()
		t.Cleanup(func() { server.Close(); client.Close() })
	} else {
		server, client = connect(t)
	}
	o.Subprotocol, o.WriteTimeout = "parley", timeout
	if o.Flush == nil {
		o.Flush = func() {}
	}
	if o.Received == nil {
		o.Received = func(int) {}
	}
	if o.Ping == nil {
		o.Ping = func() (bool, error) { return true, nil }
	}
	if o.Pong == nil {
		o.Pong = func() error { return nil }
	}
	ws, err := Accept(&hijackedWriter{httptest.NewRecorder(), server}, upgradeRequest(), o)
	require.NoError(t, err)
	t.Cleanup(ws.Close)
	return ws, client
}

// hijackedWriter is a ResponseWriter whose connection is given.
type hijackedWriter struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (w *hijackedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.conn, bufio.NewReadWriter(bufio.NewReader(w.conn), bufio.NewWriter(w.conn)), nil
}

func TestWebSocket_reads_messages_and_stops_after_control_frames(t *testing.T) {
	for name, overPipe := range map[string]bool{"over TCP": false, "without a socket": true} {
		t.Run(name, func(t *testing.T) {
			pings, pongs := 0, 0
			ws, client := accept(t, overPipe, WebSocketOptions{
				Ping: func() (bool, error) { pings++; return false, nil },
				Pong: func() error { pongs++; return nil },
			})
			go client.Write(slices.Concat(
				clientFrame(final|opText, "one"), clientFrame(final|opPing, ""), clientFrame(final|opText, "two"), clientFrame(final|opPong, ""),
			))
			for _, want := range []string{"one", "two"} {
				require.Equal(t, want, read(t, ws))
			}
			if !overPipe {
				require.True(t, ws.Wait())
				_, err := ws.NextMessage()
				require.ErrorIs(t, err, ErrNoMessage, "it does not wait behind a pong")
				require.Equal(t, 1, pongs)
				require.False(t, ws.Ready())
			}
			require.Equal(t, 1, pings)
			go client.Write(clientFrame(final|opText, "three"))
			require.Equal(t, "three", read(t, ws), "reading continues after that")
		})
	}
}

// read returns the next message, whatever control frames precede it.
func read(t testing.TB, ws *WebSocket) string {
	t.Helper()
	for {
		require.True(t, ws.Wait())
		r, err := ws.NextMessage()
		if errors.Is(err, ErrNoMessage) {
			continue
		}
		require.NoError(t, err)
		message, err := io.ReadAll(r)
		require.NoError(t, err)
		return string(message)
	}
}

func TestWebSocket_returns_the_error_of_a_control_frame(t *testing.T) {
	flood := errors.New("too many control frames")
	ws, client := accept(t, false, WebSocketOptions{Pong: func() error { return flood }})
	_, err := client.Write(slices.Concat(clientFrame(final|opPong, ""), clientFrame(final|opText, "hidden")))
	require.NoError(t, err)
	_, err = ws.NextMessage()
	require.ErrorIs(t, err, flood)
}

// A goroutine that closes reads for the client's close frame while another one
// waits.
func TestWebSocket_can_be_closed_while_a_goroutine_waits(t *testing.T) {
	for name, overPipe := range map[string]bool{"over TCP": false, "without a socket": true} {
		t.Run(name, func(t *testing.T) {
			ws, client := accept(t, overPipe, WebSocketOptions{})
			waited := make(chan struct{}) // closed by the goroutine that reads
			go func() {
				defer close(waited)
				for ws.Wait() {
					if r, err := ws.NextMessage(); err == nil {
						_, _ = io.Copy(io.Discard, r)
					} else if !errors.Is(err, ErrNoMessage) {
						return
					}
				}
			}()
			received := make(chan []byte, 1) // sent to once
			go func() {
				b := make([]byte, 6)
				_, _ = io.ReadFull(client, b)
				_, _ = client.Write(slices.Concat(clientFrame(final|opText, "late"), clientFrame(final|opClose, "\x0f\xa1")))
				received <- b
				_, _ = io.Copy(io.Discard, client)
			}()
			ws.CloseHandshake(4001, "bye")
			require.Equal(t, controlFrame(opClose, []byte("\x0f\xa1bye"))[:6], <-received)
			<-waited
		})
	}
}

func TestAccept_answers_a_request_that_is_no_handshake(t *testing.T) {
	w := httptest.NewRecorder()
	_, err := Accept(w, httptest.NewRequest("GET", "/", nil), WebSocketOptions{})
	require.Error(t, err)
	require.Equal(t, http.StatusUpgradeRequired, w.Code)
}
