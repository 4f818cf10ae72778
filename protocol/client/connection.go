package client

import (
	"context"
	"sync"
	"time"

	"parley/protocol"
)

// transport is a connection after its welcome. One goroutine calls receive, another
// calls send.
type transport interface {
	kind() Transport
	receive(ctx context.Context) (protocol.ServerMessage, error)
	// send sends one line. It returns the answer, or nil if receive will return it.
	send(ctx context.Context, line []byte) (protocol.ServerMessage, error)
	close()
}

// serve delivers messages until the connection ends. It starts the writer and waits for
// it. progress says whether a message was received.
func (c *Client) serve(ctx context.Context, cancel context.CancelCauseFunc, t transport, w *watchdog) (progress bool, err error) {
	var writer sync.WaitGroup
	defer writer.Wait()
	defer cancel(nil)
	writer.Go(func() {
		// A socket that cannot be written to also breaks for the reader, which then
		// knows the reason. An event stream does not.
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
		w.pause() // a full channel of notices does not mean that the server is silent
		c.handle(m)
		w.restart()
	}
}

// write sends the commands in progress, the oldest first, including those of an earlier
// connection.
func (c *Client) write(ctx context.Context, t transport) error {
	var sent uint64
	for {
		for call := c.calls.after(sent); call != nil; call = c.calls.after(sent) {
			answer, err := t.send(ctx, call.line)
			if err != nil {
				return err
			}
			c.resolve(answer)
			sent = call.number
		}
		select {
		case <-c.calls.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// handle delivers one message of the server.
func (c *Client) handle(m protocol.ServerMessage) {
	switch m := m.(type) {
	case *protocol.Event:
		c.handleEvent(m)
	case *protocol.HiddenMessage:
		c.passed(m.Cursor)
	case *protocol.PresenceMessage:
		c.handlePresence(m.Payload)
	case *protocol.TypingMessage:
		c.notify(Typing{m.Payload})
	case *protocol.ErrorMessage:
		c.retryAfter = m.Error.RetryAfterMS
		if m.ID == "" {
			c.notify(ServerError{m.Error.Err()})
		}
		c.handlePresenceAnswer(m.ID, nil)
		c.resolve(m)
	case *protocol.OKMessage:
		c.handlePresenceAnswer(m.ID, m.Payload)
		c.resolve(m)
	case *protocol.UnknownMessage:
		c.notify(Unknown{m})
	default:
		c.resolve(m)
	}
}

// handleEvent delivers an event once. The event counts as delivered when it is in the
// channel of notices.
func (c *Client) handleEvent(e *protocol.Event) {
	if e.Cursor.Seq <= c.last.Seq || !c.notify(Event{e}) {
		return
	}
	c.passed(e.Cursor)
}

// passed notes that everything up to a cursor is delivered, or is not for this client.
func (c *Client) passed(cursor protocol.Cursor) {
	if cursor.Seq <= c.last.Seq {
		return
	}
	c.last = cursor
	c.mu.Lock()
	c.cursor = cursor.String()
	c.mu.Unlock()
}

// resolve passes the answer to a command to its caller.
func (c *Client) resolve(m protocol.ServerMessage) {
	switch m := m.(type) {
	case *protocol.OKMessage:
		c.calls.resolve(m.ID, m)
	case *protocol.ErrorMessage:
		c.calls.resolve(m.ID, m)
	case *protocol.PongMessage:
		c.calls.resolve(m.ID, m)
	}
}

// watchdog calls a function when a connection has received nothing for a time.
type watchdog struct {
	mu    sync.Mutex
	timer *time.Timer
	limit time.Duration // guarded by mu; zero for none
}

func newWatchdog(limit time.Duration, expired func()) *watchdog {
	return &watchdog{timer: time.AfterFunc(limit, expired), limit: limit}
}

// setLimit changes the limit and restarts the timer. Zero stops it, for a server that
// does not name a heartbeat.
func (w *watchdog) setLimit(limit time.Duration) {
	w.mu.Lock()
	w.limit = limit
	w.mu.Unlock()
	w.restart()
}

// restart restarts the timer: the server has sent something.
func (w *watchdog) restart() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	if w.limit > 0 {
		w.timer.Reset(w.limit)
	}
}

func (w *watchdog) pause() { w.timer.Stop() }
func (w *watchdog) stop()  { w.timer.Stop() }
