package remote

import (
	"context"
	"sync"

	"parley/hub/rules"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// connector is the server's end of the connector of one host session.
type connector struct {
	// immutable
	end    *link.End
	record func(context.Context, rules.SentFrame) error // stores that a line is sent
	ctx    context.Context                              // ends with close
	cancel context.CancelFunc
	work   sync.WaitGroup // dispatch

	asks      asks
	admitting sync.Mutex // held while a connector is admitted, until its connection begins

	mu sync.Mutex

	// guarded by mu
	seat        connect.Seat
	hello       connect.Hello                 // of the connector that has the seat
	connections int                           // counts the connections
	restored    bool                          // the agent has run on while the server was not there, and the connector has not returned since
	hangUp      func(code int, reason string) // closes the connection; nil for none
	run         *run                          // the newest; nil before the first, and after it has ended
}

func newConnector(record func(context.Context, rules.SentFrame) error) *connector {
	c := &connector{end: link.New(connect.KeptBytes), record: record}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.work.Go(c.dispatch)
	return c
}

// close ends the connector's goroutine and its agent, for good.
func (c *connector) close() {
	c.cancel()
	c.endRun("ended, since its connector was removed")
	c.work.Wait()
}

// open starts the agent, as the process with a number.
func (c *connector) open(number uint64) (*Process, error) {
	c.endRun("was replaced")
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seat.Incarnation == "" {
		return nil, ErrDetached
	}
	c.run = newRun(c, number)
	c.end.Force(connect.TypeStart, connect.Start{Run: number}.Encode())
	return &Process{Peer: c.run, Dir: c.hello.Dir, connector: c}, nil
}

// restore continues with the agent's process that has run on.
func (c *connector) restore(seat rules.ConnectorSeat, number uint64) *Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seat = connect.Seat{Epoch: seat.Epoch, Incarnation: seat.Incarnation}
	c.restored, c.run = true, newRun(c, number)
	c.run.started.Store(true)
	return &Process{Peer: c.run, connector: c}
}

// returned notes that the connector has returned to a restored agent.
func (c *connector) returned() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.restored = false
}

// filesDir returns the directory for files of prompts; empty if the connector takes none.
func (c *connector) filesDir() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hello.FilesDir
}

// current returns the run that has a number; nil if it has ended.
func (c *connector) current(number uint64) *run {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == nil || c.run.number != number {
		return nil
	}
	return c.run
}

// started returns the run whose process has started last; nil if it has ended.
func (c *connector) started() *run {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == nil || !c.run.started.Load() {
		return nil
	}
	return c.run
}

// endRun ends the run as far as the server is concerned.
func (c *connector) endRun(why string) {
	c.mu.Lock()
	r := c.run
	c.run = nil
	c.mu.Unlock()
	if r != nil {
		r.finish(connect.Exited{Text: why})
	}
}

// isIdle reports whether there is neither a connection nor a run.
func (c *connector) isIdle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.run == nil && c.hangUp == nil
}

// dispatch hands out the frames of the connector, in order, until close.
func (c *connector) dispatch() {
	for {
		f, err := c.end.Next(c.ctx)
		if err != nil {
			return
		}
		if !c.handle(f) {
			f.Done()
		}
	}
}

// handle handles a kept frame, and reports whether it is done later. A frame that is not
// valid, or not expected of a connector, has no effect: the connector alone is concerned.
func (c *connector) handle(f link.Received) (later bool) {
	switch f.Type {
	case connect.TypeLine:
		if r := c.started(); r != nil {
			r.deliver(f)
			return true
		}
	case connect.TypeStderr:
		if r := c.started(); r != nil {
			r.setStderr(string(f.Body))
		}
	case connect.TypeStarted:
		if body, err := connect.DecodeBody[connect.Started](f.Frame); err == nil {
			if r := c.current(body.Run); r != nil {
				r.started.Store(true)
			}
		}
	case connect.TypeExited:
		body, err := connect.DecodeBody[connect.Exited](f.Frame)
		if err != nil {
			break
		}
		if r := c.current(body.Run); r != nil {
			c.mu.Lock()
			c.run = nil
			c.mu.Unlock()
			r.addFrame(f)
			r.finish(body)
			return true
		}
	}
	return false
}
