package client

import (
	"context"
	"sync"
	"time"

	"parley/protocol"
)

// transport is one connection that has been welcomed. receive is called by one
// goroutine, send by another.
type transport interface {
	kind() Transport
	receive(ctx context.Context) (protocol.ServerMessage, error)
	// send sends one line. Its answer comes here or by receive.
	send(ctx context.Context, line []byte) (protocol.ServerMessage, error)
	close()
}

// serve hands out what comes in until the connection ends. It owns the writer,
// and waits for it.
func (c *Client) serve(ctx context.Context, cancel context.CancelCauseFunc, t transport, w *watch) (progress bool, err error) {
	var writer sync.WaitGroup
	defer writer.Wait()
	defer cancel(nil)
	writer.Go(func() {
		// A socket that cannot be written to breaks for its reader too, who
		// hears the reason. A stream does not.
		if err := c.write(ctx, t); err != nil && t.kind() == EventStream {
			cancel(err)
		}
	})
	for {
		m, err := t.receive(ctx)
		if err != nil {
			return progress, err
		}
		progress = true
		w.pause() // a full channel of notices is not the server's silence
		c.take(m)
		w.again()
	}
}

// write sends the commands under way, the oldest first, those of an earlier
// connection among them.
func (c *Client) write(ctx context.Context, t transport) error {
	var sent uint64
	for {
		for call := c.calls.following(sent); call != nil; call = c.calls.following(sent) {
			answer, err := t.send(ctx, call.line)
			if err != nil {
				return err
			}
			c.settle(answer)
			sent = call.number
		}
		select {
		case <-c.calls.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

func (c *Client) take(m protocol.ServerMessage) {
	switch m := m.(type) {
	case *protocol.Event:
		c.takeEvent(m)
	case *protocol.PresenceMessage:
		c.takePresence(m.Payload)
	case *protocol.TypingMessage:
		c.tell(Typing{m.Payload})
	case *protocol.ErrorMessage:
		c.retryAfter = m.Error.RetryAfterMS
		if m.ID == "" {
			c.tell(ServerError{m.Error.Err()})
		}
		c.answeredPresence(m.ID, nil)
		c.settle(m)
	case *protocol.OKMessage:
		c.answeredPresence(m.ID, m.Payload)
		c.settle(m)
	case *protocol.UnknownMessage:
		c.tell(Unknown{m})
	default:
		c.settle(m)
	}
}

// takeEvent hands an event out, once. It counts as seen when it is in the
// channel.
func (c *Client) takeEvent(e *protocol.Event) {
	if e.Cursor.Seq <= c.last.Seq || !c.tell(Event{e}) {
		return
	}
	c.last = e.Cursor
	c.mu.Lock()
	c.cursor = e.Cursor.String()
	c.mu.Unlock()
}

func (c *Client) settle(m protocol.ServerMessage) {
	switch m := m.(type) {
	case *protocol.OKMessage:
		c.calls.settle(m.ID, m)
	case *protocol.ErrorMessage:
		c.calls.settle(m.ID, m)
	case *protocol.PongMessage:
		c.calls.settle(m.ID, m)
	}
}

// watch ends a connection on which nothing comes for too long.
type watch struct {
	mu    sync.Mutex
	timer *time.Timer
	limit time.Duration
}

func newWatch(limit time.Duration, tooLong func()) *watch {
	return &watch{timer: time.AfterFunc(limit, tooLong), limit: limit}
}

// expect sets another limit. A server that names none is not watched.
func (w *watch) expect(limit time.Duration) {
	w.mu.Lock()
	w.limit = limit
	w.mu.Unlock()
	w.again()
}

// again starts the time anew: the server was heard.
func (w *watch) again() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	if w.limit > 0 {
		w.timer.Reset(w.limit)
	}
}

func (w *watch) pause() { w.timer.Stop() }
func (w *watch) stop()  { w.timer.Stop() }
