package rawconn

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// WebSocket is a WebSocket connection of a server. Messages are written as whole
// frames by the methods of [Conn]; see [AppendTextHeader].
//
// The methods [WebSocket.Wait], [WebSocket.Ready] and [WebSocket.NextMessage], and
// the readers that the last returns, are for one goroutine at a time. All other
// methods are safe for concurrent use.
type WebSocket struct {
	*Conn // immutable

	// immutable
	options WebSocketOptions
	library *websocket.Conn
	in      *input

	inMessage bool // owned by the reading goroutine: NextMessage has returned a message
}

// WebSocketOptions are the settings of a [WebSocket]. Its functions must be set.
type WebSocketOptions struct {
	Subprotocol  string        // the only one that the server knows
	WriteTimeout time.Duration // see [New]
	Flush        func()        // see [New]

	// Received is called when n bytes were read. It may sleep, to slow down the client.
	Received func(n int)
	// Ping is called when a ping has arrived, and reports whether it is answered. Pong
	// is called when a pong has arrived. [WebSocket.NextMessage], or the read of a
	// message, returns their errors. The goroutine that reads calls them, or during
	// [WebSocket.CloseHandshake] the goroutine that closes.
	Ping func() (answer bool, err error)
	Pong func() error
}

// ErrNoMessage means that control frames have arrived and no message.
var ErrNoMessage = errors.New("no message has arrived")

// ErrNotText means that a message is not text.
var ErrNotText = errors.New("the message is not text")

// errPaused ends a read of the library between two messages, where it would have to
// wait.
var errPaused = errors.New("nothing has arrived")

// Accept answers a WebSocket handshake and takes the connection over. It does not
// check the request's origin. After an error the request has been answered.
func Accept(w http.ResponseWriter, r *http.Request, o WebSocketOptions) (*WebSocket, error) {
	ws := &WebSocket{options: o}
	library, err := websocket.Accept(&hijacker{w, ws}, r, &websocket.AcceptOptions{
		Subprotocols:       []string{o.Subprotocol},
		InsecureSkipVerify: true,
		OnPingReceived:     ws.pingReceived,
		OnPongReceived:     ws.pongReceived,
	})
	if err != nil {
		return nil, err
	}
	library.SetReadLimit(-1) // the reader of a message has its own
	ws.library = library
	return ws, nil
}

// hijacker is the ResponseWriter with which the library answers the handshake.
type hijacker struct {
	http.ResponseWriter
	ws *WebSocket
}

// writeBuffer holds a close frame, so that it is written in one piece.
const writeBuffer = 2 + maxControlPayload

// Hijack implements http.Hijacker. The library reads through an input and writes
// nothing but the close frame, so that it needs no more than small buffers.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	o := h.ws.options
	conn, received, err := Hijack(h.ResponseWriter, o.WriteTimeout, o.Flush)
	if err != nil {
		return nil, nil, err
	}
	h.ws.Conn = conn
	h.ws.in = newInput(conn, received, o.Received)
	n := libraryConn{conn.net, h.ws}
	return n, bufio.NewReadWriter(bufio.NewReaderSize(n, libraryBuffer), bufio.NewWriterSize(n, writeBuffer)), nil
}

// libraryConn is the connection that the library has. What it writes is a close
// frame, and so the last.
type libraryConn struct {
	net.Conn
	ws *WebSocket
}

// Read implements net.Conn.
func (c libraryConn) Read(p []byte) (int, error) { return c.ws.in.Read(p) }

// Close implements net.Conn.
func (c libraryConn) Close() error {
	c.ws.Conn.Close()
	return nil
}

// Write implements net.Conn.
func (c libraryConn) Write(p []byte) (int, error) {
	if err := c.ws.WriteLast(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Wait waits until the client has sent something, as far as the connection allows to
// find out. It needs little stack and no buffer. It returns false when the client will
// send nothing more.
func (ws *WebSocket) Wait() bool { return ws.in.wait() }

// Ready reports whether [WebSocket.NextMessage] has something to read.
func (ws *WebSocket) Ready() bool { return ws.in.ready() }

// NextMessage returns a reader of the next message, which must be read to its end
// before the next call. Errors: [ErrNoMessage], after which the connection is as
// before; [ErrNotText] and those of [WebSocketOptions], after which the caller must
// close it; any other error means that the connection has ended.
func (ws *WebSocket) NextMessage() (io.Reader, error) {
	ws.inMessage = false
	// A context that ends would make the library close the connection without a close
	// code.
	kind, r, err := ws.library.Reader(context.Background())
	switch {
	case errors.Is(err, errPaused):
		return nil, ErrNoMessage
	case err != nil:
		return nil, err
	}
	ws.inMessage = true
	if kind != websocket.MessageText {
		return nil, ErrNotText
	}
	return r, nil
}

// pingReceived answers a ping in place of the library, which would wait for a full
// socket. A client that is being written to needs no answer.
func (ws *WebSocket) pingReceived(_ context.Context, payload []byte) (answer bool) {
	answer, err := ws.options.Ping()
	if answer {
		ws.TryWrite(controlFrame(opPong, payload))
	}
	ws.controlReceived(err)
	return false
}

func (ws *WebSocket) pongReceived(context.Context, []byte) {
	ws.controlReceived(ws.options.Pong())
}

// controlReceived makes the library return after a control frame: with err, or
// instead of waiting for a message.
func (ws *WebSocket) controlReceived(err error) {
	switch {
	case ws.in.closing.Load():
	case err != nil:
		ws.in.fail = err
	case !ws.inMessage:
		ws.in.pause = true
	}
}

// TryPing sends a ping as [Conn.TryWrite] does.
func (ws *WebSocket) TryPing() bool { return ws.TryWrite(controlFrame(opPing, nil)) }

// CloseHandshake closes the connection in good order: it sends a close frame and
// waits some seconds for the client's. Only the first call has an effect.
func (ws *WebSocket) CloseHandshake(code int, reason string) {
	ws.in.closing.Store(true)
	_ = ws.library.Close(websocket.StatusCode(code), closeReason(reason))
}

// TryClose sends a close frame as [Conn.TryWrite] does, and closes the connection at
// once.
func (ws *WebSocket) TryClose(code int, reason string) {
	payload := binary.BigEndian.AppendUint16(nil, uint16(code))
	ws.TryWrite(controlFrame(opClose, append(payload, closeReason(reason)...)))
	ws.Conn.Close()
}

// Close closes the connection at once, and releases what the library holds.
func (ws *WebSocket) Close() {
	_ = ws.library.CloseNow()
	ws.Conn.Close()
}

// closeReason shortens a reason to what fits into a close frame.
func closeReason(reason string) string {
	const longest = maxControlPayload - 2 // the code has two bytes
	if len(reason) <= longest {
		return reason
	}
	reason = reason[:longest]
	for !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	return reason
}
