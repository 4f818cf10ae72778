package rawconn

import (
	"crypto/tls"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Conn writes to a connection that was hijacked from net/http. Its methods are safe
// for concurrent use.
type Conn struct {
	// immutable
	net     net.Conn
	raw     syscall.RawConn // nil where the connection is not a plain TCP socket
	timeout time.Duration   // of one write that waits
	flush   func()

	// turn holds a value while a write is in progress, and guards the fields below.
	// Writers send and receive; nothing closes it. It is a channel because TryWrite must
	// not wait while another write does. Its capacity is 1: one write at a time.
	turn   chan struct{}
	rest   []byte // what the socket did not take of a TryWrite
	closed bool   // no write may follow
	writer rawWriter
}

// New returns a Conn. A write that waits takes the timeout at most. flush is called
// when a [Conn.TryWrite] leaves a rest, and must arrange that another goroutine calls
// [Conn.Flush]; it must not wait.
func New(n net.Conn, timeout time.Duration, flush func()) *Conn {
	c := &Conn{net: n, raw: rawSocket(n), timeout: timeout, flush: flush, turn: make(chan struct{}, 1)}
	setUserTimeout(rawSocket(carrier(n)), timeout)
	return c
}

// carrier returns the connection that carries a connection over TLS, or else n.
func carrier(n net.Conn) net.Conn {
	if secure, ok := n.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return n
}

// CloseNow closes a connection without waiting. Closing a [tls.Conn] can wait some seconds
// for a peer that does not read, in order to tell it that this is the end.
func CloseNow(n net.Conn) { _ = carrier(n).Close() }

// Hijack takes a connection over from net/http, after the header of the response. It
// returns what the client has sent meanwhile. For timeout and flush see [New].
func Hijack(w http.ResponseWriter, timeout time.Duration, flush func()) (c *Conn, received []byte, err error) {
	control := http.NewResponseController(w)
	// Without Flush, Hijack would succeed also after the header could not be written.
	if err := control.Flush(); err != nil {
		return nil, nil, err
	}
	n, rw, err := control.Hijack()
	if err != nil {
		return nil, nil, err
	}
	buffered, _ := rw.Reader.Peek(rw.Reader.Buffered())
	// The copy releases the buffers of net/http, which are larger than a connection
	// needs that mostly listens.
	return New(n, timeout, flush), append([]byte(nil), buffered...), nil
}

// TryWrite writes p as far as the socket takes it without waiting, and keeps the
// rest for [Conn.Flush]. It returns false, and writes nothing, while another write
// is in progress or has left a rest. On a closed connection it does nothing and
// returns true.
func (c *Conn) TryWrite(p []byte) bool {
	select {
	case c.turn <- struct{}{}:
		defer c.endTurn()
	default:
		return false
	}
	switch {
	case c.closed || len(p) == 0:
		return true
	case c.rest != nil:
		return false
	}
	n, err := c.writer.write(c.raw, p)
	if err != nil {
		c.abort()
	} else if n < len(p) {
		c.rest = p[n:]
		c.flush()
	}
	return true
}

// Write writes the rest of an earlier write, then p, and waits until the socket has
// taken both. After an error the connection is closed.
func (c *Conn) Write(p []byte) error {
	c.turn <- struct{}{}
	defer c.endTurn()
	return c.write(p)
}

// Flush writes what a [Conn.TryWrite] has left, and waits as [Conn.Write] does.
func (c *Conn) Flush() error { return c.Write(nil) }

// WriteLast is [Conn.Write], and keeps further writes out.
func (c *Conn) WriteLast(p []byte) error {
	c.turn <- struct{}{}
	defer c.endTurn()
	err := c.write(p)
	c.closed = true
	return err
}

// Read reads from the connection. It is for a connection whose input no [WebSocket]
// reads.
func (c *Conn) Read(p []byte) (int, error) { return c.net.Read(p) }

// End writes the rest of an earlier write, waits until the socket has taken it, and closes
// the connection in good order: a TLS client learns that nothing was cut off.
func (c *Conn) End() {
	if c.WriteLast(nil) == nil {
		_ = c.net.Close()
	}
	c.Close()
}

// Close closes the connection at once. A Read or Write that waits fails. It may be
// called more than once.
func (c *Conn) Close() { CloseNow(c.net) }

// write implements Write. The caller has the turn.
func (c *Conn) write(p []byte) error {
	if c.closed {
		return net.ErrClosed
	}
	for _, part := range [2][]byte{c.rest, p} {
		if err := c.writeAll(part); err != nil {
			c.abort()
			return err
		}
	}
	c.rest = nil
	return nil
}

// writeAll writes p, and waits only if the socket does not take all of it at once.
// The caller has the turn.
func (c *Conn) writeAll(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	n, err := c.writer.write(c.raw, p)
	if err != nil || n == len(p) {
		return err
	}
	_ = c.net.SetWriteDeadline(time.Now().Add(c.timeout))
	defer func() { _ = c.net.SetWriteDeadline(time.Time{}) }() // it would hold for TryWrite too
	_, err = c.net.Write(p[n:])
	return err
}

// abort closes a connection after a failed write; its reader notices. The caller has
// the turn.
func (c *Conn) abort() {
	c.closed, c.rest = true, nil
	c.Close()
}

func (c *Conn) endTurn() { <-c.turn }
