package connector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/agent/isolate"
	"parley/hub/agent/profile"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// Options are the settings of a [Connector]. Every field without another comment must be
// set.
type Options struct {
	Server string          // the URL of the server
	Token  string          // an operator's key, if the server asks for one
	Pin    string          // the fingerprint of the server's certificate, as in a link, or empty
	Agent  profile.Profile // its name, its command and its environment
	Dir    string          // absolute; the agent works in it

	Isolation *isolate.Plan // what is kept from the agent; nil for nothing

	Key         string // the secret that identifies the host session
	Epoch       uint64 // higher than that of every earlier connector with the key
	Title       string // of the host session; may be empty
	Permissions string // ask, allow or reject; empty for ask
	FilesDir    string // absolute; for the files of prompts; empty to take none

	// Worktrees records Dir, and compares it with what was recorded; nil to show nothing of
	// it.
	Worktrees hub.Worktrees

	Log *zap.Logger // default: none

	// Changed is called with each change of the connection, by one goroutine at a time;
	// nil to call nothing. It must not block.
	Changed func(Status)

	// Backoff is the first pause after a break; default 1 s.
	Backoff time.Duration
}

// Status describes the connection.
type Status struct {
	Connected   bool
	HostSession string // empty before the first connection
	Err         error  // why there is no connection; nil while there is one
}

// Connector runs an agent and carries its lines to a server.
type Connector struct {
	// immutable
	opts        Options
	incarnation string
	end         *link.End
	asking      chan struct{} // holds a value for each question of the server that is being answered

	work sync.WaitGroup // dispatch, and answers; Run ends them and waits

	mu sync.Mutex

	// guarded by mu
	run *run // the newest process; nil before the first, and after Reset
}

// New returns a connector. It starts nothing.
func New(o Options) *Connector {
	o.Log = cmp.Or(o.Log, zap.NewNop())
	o.Backoff = cmp.Or(o.Backoff, time.Second)
	if o.Changed == nil {
		o.Changed = func(Status) {}
	}
	return &Connector{opts: o, incarnation: uuid.NewString(), end: link.New(connect.KeptBytes),
		asking: make(chan struct{}, maxAsks)}
}

// Refusal is the error of a connector that the server does not want any more.
type Refusal struct {
	Code   int // the close code
	Reason string
}

// Error returns the reason.
func (e *Refusal) Error() string { return e.Reason }

// Run connects to the server, again after every break, until ctx ends or the server refuses
// the connector with a [*Refusal]. Then it ends the agent and waits for that.
func (c *Connector) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	c.work.Go(func() { c.dispatch(ctx) })
	err := c.stayConnected(ctx)
	cancel()
	c.work.Wait()
	c.endRun()
	return err
}

// stayConnected serves one connection after another.
func (c *Connector) stayConnected(ctx context.Context) error {
	wait := backoff{first: c.opts.Backoff}
	for {
		welcome, err := c.visit(ctx)
		if ctx.Err() != nil {
			return nil
		}
		c.opts.Log.Debug("the connection has ended", zap.Error(err))
		if refusal, ok := errors.AsType[*Refusal](err); ok {
			return refusal
		}
		c.opts.Changed(Status{Err: err})
		if welcome {
			wait.reset()
		}
		if !wait.pause(ctx) {
			return nil
		}
	}
}

// visit makes one connection and serves it until it ends. It reports whether the server has
// welcomed the connector.
func (c *Connector) visit(ctx context.Context) (welcomed bool, err error) {
	var m mover
	conn, welcome, err := c.dial(m.traced(ctx))
	if err != nil {
		return false, err
	}
	defer conn.Cut()
	visiting, left := context.WithCancel(ctx)
	defer left()
	c.work.Go(func() { m.cutIfMoved(visiting, conn.Cut) })
	if welcome.Resume != connect.Returned {
		c.endRun()
		c.end.Reset()
	}
	c.opts.Changed(Status{Connected: true, HostSession: welcome.HostSession})
	stop := context.AfterFunc(ctx, func() { conn.CloseLater(1000, "the connector ends") })
	defer stop()
	var refused error
	err = c.end.Run(context.WithoutCancel(ctx), conn, welcome.Taken, func(f connect.Frame) {
		if f.Type == connect.TypeRefused {
			refused = refusalIn(f)
		}
		c.receive(ctx, f)
	})
	return true, refusal(err, refused)
}

// dispatch carries out what the server sends, in order.
func (c *Connector) dispatch(ctx context.Context) {
	for {
		f, err := c.end.Next(ctx)
		if err != nil {
			return
		}
		if !c.handle(ctx, f) {
			f.Done()
		}
	}
}

// handle handles a frame of the server. It reports whether the frame is done later.
func (c *Connector) handle(ctx context.Context, f link.Received) (later bool) {
	var err error
	switch f.Type {
	case connect.TypeStart:
		var start connect.Start
		if start, err = connect.DecodeBody[connect.Start](f.Frame); err == nil {
			c.start(ctx, start.Run)
		}
	case connect.TypeStop:
		var stop connect.Stop
		if stop, err = connect.DecodeBody[connect.Stop](f.Frame); err == nil {
			c.stop(stop)
		}
	case connect.TypeLine:
		if r := c.current(); r != nil {
			return r.enqueue(f)
		}
	case connect.TypeRecord:
		var record connect.Record
		if record, err = connect.DecodeBody[connect.Record](f.Frame); err == nil {
			err = c.record(record)
		}
	case connect.TypeFile:
		err = writeFile(c.opts.FilesDir, f.Frame)
	default:
		err = fmt.Errorf("unexpected frame %s", f.Type)
	}
	if err != nil {
		c.opts.Log.Warn("the server sent what cannot be carried out", zap.Error(err))
	}
	return false
}

func (c *Connector) current() *run {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.run
}

// start starts the agent, after the end of an earlier process.
func (c *Connector) start(ctx context.Context, number uint64) {
	c.endRun()
	r := startRun(ctx, c.end, c.opts, number)
	c.mu.Lock()
	c.run = r
	c.mu.Unlock()
}

// stop ends a process in one of the ways.
func (c *Connector) stop(s connect.Stop) {
	if r := c.current(); r != nil && r.number == s.Run {
		r.stop(s.Signal)
	}
}

// endRun kills the agent, if there is one, and waits for its end.
func (c *Connector) endRun() {
	c.mu.Lock()
	r := c.run
	c.run = nil
	c.mu.Unlock()
	if r != nil {
		r.end()
	}
}
