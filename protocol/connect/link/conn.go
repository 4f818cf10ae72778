package link

import (
	"context"
	"errors"
	"io"
	"math"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"parley/protocol"
	"parley/protocol/connect"
)

// Conn is a WebSocket connection that carries frames. One goroutine at a time may read; the
// other methods are safe for concurrent use.
type Conn struct {
	// immutable
	ws    *websocket.Conn
	watch *time.Timer // ends a connection on which no byte arrives

	heartbeat time.Duration // set by NewConn and SetHeartbeat, before Run

	closing atomic.Pointer[closing] // how to close the connection; nil to cut it
	expired atomic.Bool             // the connection ends, whatever arrives
	ending  atomic.Bool             // end has been called
}

// closing is a close code with its reason.
type closing struct {
	code   int
	reason string
}

// NewConn returns a connection on a WebSocket, which it owns. Each end sends something in
// the time of a heartbeat. A connection on which no byte arrives for three heartbeats ends.
func NewConn(ws *websocket.Conn, heartbeat time.Duration) *Conn {
	ws.SetReadLimit(connect.MaxMessage)
	c := &Conn{ws: ws, heartbeat: heartbeat}
	c.watch = time.AfterFunc(math.MaxInt64, c.end)
	c.watch.Reset(c.silence()) // only now, so that end finds c.watch set
	return c
}

// silence is the time without a received byte after which the connection ends.
func (c *Conn) silence() time.Duration { return 3 * c.heartbeat }

// SetHeartbeat sets the heartbeat to that of the other end. It must not be called after
// [End.Run].
func (c *Conn) SetHeartbeat(d time.Duration) {
	c.heartbeat = d
	c.watch.Reset(c.silence())
}

// errText refuses text messages.
var errText = protocol.Errorf(protocol.CodeInvalidRequest, "a message is text; frames are binary messages")

// Read reads a frame. An error that is a [*protocol.Error] means that the other end has
// broken the protocol.
func (c *Conn) Read(ctx context.Context) (connect.Frame, error) {
	kind, r, err := c.ws.Reader(ctx)
	if err != nil {
		return connect.Frame{}, err
	}
	c.heard()
	message, err := io.ReadAll(progress{r, c})
	switch {
	case err != nil:
		return connect.Frame{}, err
	case kind != websocket.MessageBinary:
		return connect.Frame{}, errText
	}
	return connect.Decode(message)
}

// progress notes that bytes arrive.
type progress struct {
	from io.Reader
	conn *Conn
}

// Read implements [io.Reader].
func (p progress) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	if n > 0 {
		p.conn.heard()
	}
	return n, err
}

// Write writes a frame.
func (c *Conn) Write(ctx context.Context, f connect.Frame) error {
	return c.ws.Write(ctx, websocket.MessageBinary, f.Encode())
}

// Close closes the connection with a close code.
func (c *Conn) Close(code int, reason string) {
	c.watch.Stop()
	const maxReason = 120 // RFC 6455, section 5.5
	if len(reason) > maxReason {
		reason = reason[:maxReason]
	}
	_ = c.ws.Close(websocket.StatusCode(code), reason)
}

// CloseLater closes the connection with a close code. It does not wait.
func (c *Conn) CloseLater(code int, reason string) {
	c.closing.Store(&closing{code, reason})
	c.expire()
}

// expire ends the connection as if no byte had arrived for too long. It does not wait.
func (c *Conn) expire() {
	c.expired.Store(true)
	c.watch.Reset(0)
}

// heard notes that a byte has arrived.
func (c *Conn) heard() {
	c.watch.Reset(c.silence())
	if c.expired.Load() { // at the same time, so that the line above may have delayed the end
		c.watch.Reset(0)
	}
}

// end closes or cuts the connection.
func (c *Conn) end() {
	if c.ending.Swap(true) {
		return
	}
	if how := c.closing.Load(); how != nil {
		c.Close(how.code, how.reason)
	}
	c.Cut()
}

// Cut ends the connection without a close code.
func (c *Conn) Cut() {
	c.watch.Stop()
	_ = c.ws.CloseNow()
}

// CloseCode returns the close code with which the other end has closed a connection, from
// the error of a read; 0 if there is none.
func CloseCode(err error) int {
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return int(closed.Code)
	}
	return 0
}
