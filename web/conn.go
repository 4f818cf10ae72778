package web

import (
	"bufio"
	"context"
	"math"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"parley/hub/feed"
)

// conn is a connection that net/http has given away, and the way out of it. A
// burst goes straight to the socket, from the goroutine that offers it, as far
// as the socket takes it at once. What it does not take is written by a
// goroutine of the connection's own, the pump, which goes on with what the
// subscription has until nothing waits. So a connection that keeps up costs one
// system call for each burst and no goroutine, and one that does not keep up
// holds up nobody.
//
// It is a feed.Sink. Without a raw socket, under TLS, the pump writes
// everything.
type conn struct {
	// immutable
	net     net.Conn
	socket  syscall.RawConn // nil where there is none
	format  *feed.Format
	timeout time.Duration   // of one write that waits
	ctx     context.Context // ends when the server shuts down
	work    crew
	over    func(error) // called by the pump when the subscription or a write fails
	flow    flow        // of what a socket's client sends, as it begins

	sub  *feed.Subscription // set by follow
	beat *time.Timer        // set by tick

	// guarded by pumping
	pumping sync.Mutex
	pumps   bool // the pump runs
	again   bool // it was woken meanwhile

	// turn holds one while something is written, so that nothing stands within
	// a frame. It guards what follows, and is a channel because waiting for it can
	// last as long as a write.
	turn   chan struct{}
	rest   []byte // what the socket has not taken of the last burst
	shut   bool   // nothing is written any more
	trying attempt
}

// prepare sets what a connection needs before it is taken over. ctx ends when
// the server shuts down. A context for each connection would be a twentieth of
// what one costs; what the pump does for one that has ended is short. The handler
// is the first pump: it calls pump before it returns.
func (c *conn) prepare(ctx context.Context, f *feed.Format, timeout time.Duration, over func(error)) {
	c.ctx, c.format, c.timeout, c.over = ctx, f, timeout, over
	c.turn = make(chan struct{}, 1)
	c.pumps = true
}

// takeOver takes the connection from net/http, after the header that w has is
// written. Without Flush net/http would hand it over also when that has failed,
// with everything else to follow.
func (c *conn) takeOver(w http.ResponseWriter) (*bufio.ReadWriter, error) {
	control := http.NewResponseController(w)
	if err := control.Flush(); err != nil {
		return nil, err
	}
	n, rw, err := control.Hijack()
	if err != nil {
		return nil, err
	}
	c.net, c.socket = n, rawSocket(n)
	giveUpAfter(c.socket, c.timeout)
	return rw, nil
}

// follow begins to write what the subscription has.
func (c *conn) follow(sub *feed.Subscription) {
	c.sub = sub
	sub.Push(c)
	c.Wake()
}

// Offer implements feed.Sink.
func (c *conn) Offer(b *feed.Burst) bool { return c.try(b.As(c.format)) }

// try writes p as far as the socket takes it at once, and has the pump write
// the rest. It returns false, and writes nothing, when something is being
// written or waits to be.
func (c *conn) try(p []byte) bool {
	select {
	case c.turn <- struct{}{}:
		defer c.done()
	default:
		return false
	}
	switch {
	case c.shut || len(p) == 0:
		return true
	case c.rest != nil:
		return false
	}
	n, err := c.trying.write(c.socket, p)
	if err != nil {
		c.breakOff()
	} else if n < len(p) {
		c.rest = p[n:]
		c.Wake()
	}
	return true
}

// write waits until p is written, behind what was not yet.
func (c *conn) write(p []byte) error {
	c.turn <- struct{}{}
	defer c.done()
	if c.shut {
		return net.ErrClosed
	}
	for _, part := range [][]byte{c.rest, p} {
		if err := c.writeAll(part); err != nil {
			c.breakOff()
			return err
		}
	}
	c.rest = nil
	return nil
}

// writeAll writes p, in one's turn. It waits only where the socket does not take
// all of it at once.
func (c *conn) writeAll(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	n, err := c.trying.write(c.socket, p)
	if err != nil || n == len(p) {
		return err
	}
	_ = c.net.SetWriteDeadline(time.Now().Add(c.timeout))
	defer c.net.SetWriteDeadline(time.Time{}) // it would hold for trying too
	_, err = c.net.Write(p[n:])
	return err
}

// writeLast writes p, and lets nothing be written behind it.
func (c *conn) writeLast(p []byte) error {
	err := c.write(p)
	c.turn <- struct{}{}
	defer c.done()
	c.shut = true
	return err
}

// done ends one's turn.
func (c *conn) done() { <-c.turn }

// breakOff ends a connection that cannot be written to, in one's turn. Whoever
// reads from it notices.
func (c *conn) breakOff() {
	c.shut, c.rest = true, nil
	_ = c.net.Close()
}

// Wake implements feed.Sink. It starts the pump, or has it look once more.
func (c *conn) Wake() {
	c.pumping.Lock()
	defer c.pumping.Unlock()
	c.again = true
	if !c.pumps {
		c.pumps = c.work.start(c.pump)
	}
}

// Cut implements feed.Sink. A write that waits fails, and that ends the
// connection.
func (c *conn) Cut() { _ = c.net.Close() }

// pump writes until nothing waits, or the connection is over.
func (c *conn) pump() {
	for c.goesOn() {
		if err := c.drain(); err != nil {
			c.over(err)
			return // pumps stays true: there is no other
		}
	}
}

// goesOn reports whether there was a Wake since it was last called.
func (c *conn) goesOn() bool {
	c.pumping.Lock()
	defer c.pumping.Unlock()
	c.pumps, c.again = c.again, false
	return c.pumps
}

// drain writes what the subscription has, and what is left of a burst.
func (c *conn) drain() error {
	for {
		lines, err := c.sub.Take(c.ctx)
		if err != nil {
			return err
		}
		if err := c.send(lines); err != nil || len(lines) == 0 {
			return err
		}
	}
}

// send writes lines in pieces of maxWrite, but for a single line that is
// larger. Without lines it writes what is left of a burst.
func (c *conn) send(lines []feed.Line) error {
	for {
		n, size := 0, 0
		for n < len(lines) && (n == 0 || size+len(lines[n].Bytes) <= maxWrite) {
			size += len(lines[n].Bytes)
			n++
		}
		if err := c.writeLines(lines[:n]); err != nil {
			return err
		}
		if lines = lines[n:]; len(lines) == 0 {
			return nil
		}
	}
}

// writeLines writes lines as one.
func (c *conn) writeLines(lines []feed.Line) error {
	if len(lines) == 0 {
		return c.write(nil)
	}
	p := frames.Get().(*[]byte)
	*p = c.format.Append((*p)[:0], lines)
	err := c.write(*p)
	if cap(*p) <= 2*maxWrite {
		frames.Put(p)
	}
	return err
}

// frames are written, and then used again: a welcome is long.
var frames = sync.Pool{New: func() any { return new([]byte) }}

// maxWrite is how many bytes one message or one write to a stream holds, but
// for a single event that is larger.
const maxWrite = 256 << 10

// tick calls f after a while, and again after each time that f returns, until
// the connection ends.
func (c *conn) tick(first time.Duration, f func() (again time.Duration)) {
	c.beat = time.AfterFunc(math.MaxInt64, func() {
		c.work.do(func() { c.beat.Reset(f()) })
	})
	c.beat.Reset(first) // not before c.beat is set
}

// end ends the connection, at once, and waits for its goroutines. It is called
// once, by the owner.
func (c *conn) end() {
	c.work.dismiss()
	_ = c.net.Close()
	c.work.wait()
	if c.beat != nil {
		c.beat.Stop()
	}
	if c.sub != nil {
		c.sub.Close()
	}
}
