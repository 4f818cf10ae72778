package connector

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/hub/agent/peer"
	"parley/hub/agent/supervisor"
	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// run is one process of the agent.
type run struct {
	// immutable
	number uint64
	out    *link.End
	peer   peer.Peer          // nil if the process could not be started
	cancel context.CancelFunc // ends what waits for the server

	work sync.WaitGroup // read, write and watch; end waits for them

	mu sync.Mutex

	// guarded by mu
	queue []link.Received // lines for the agent; bounded, since the server keeps what is not done
	more  chan struct{}   // sent to when queue or closed change; capacity one
	close bool            // the input is to be closed behind the queue
	deaf  bool            // write has ended
}

// startRun starts the agent and reports that, or why it could not be started.
func startRun(ctx context.Context, out *link.End, o Options, number uint64) *run {
	ctx, cancel := context.WithCancel(ctx)
	r := &run{number: number, out: out, cancel: cancel, more: make(chan struct{}, 1)}
	p, err := peer.StartProcess(o.Agent, o.Dir, o.Isolation, supervisor.NewRecords("", o.Log), o.Log)
	if err != nil {
		o.Log.Warn("the agent cannot be started", zap.Error(err))
		out.Force(connect.TypeExited, connect.Exited{
			Run: number, Failed: true, Missing: errors.Is(err, rules.ErrNoCommand), Text: err.Error(),
		}.Encode())
		return r
	}
	r.peer = p
	out.Force(connect.TypeStarted, connect.Started{Run: number}.Encode())
	r.work.Go(func() { r.read(ctx, wire.NewReader(p.Stdout(), connect.MaxLine)) })
	r.work.Go(func() { r.write(ctx) })
	r.work.Go(func() { r.watch(ctx) })
	return r
}

// read carries the agent's output to the server, and then its exit. It waits while the
// server is behind.
func (r *run) read(ctx context.Context, lines *wire.Reader) {
	for {
		line, err := lines.Next()
		if errors.Is(err, wire.ErrTooLong) {
			line, err = line[:min(len(line), 1<<10)], nil
		}
		if err != nil || r.out.Put(ctx, connect.TypeLine, bytes.Clone(line)) != nil {
			break
		}
	}
	<-r.peer.Gone()
	exit := r.peer.Exit()
	r.out.Force(connect.TypeExited, connect.Exited{Run: r.number, Code: exit.Code, Text: exit.Text, Stderr: exit.Stderr}.Encode())
}

// enqueue adds a line for the agent, and reports whether it will be written.
func (r *run) enqueue(f link.Received) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.peer == nil || r.close || r.deaf {
		return false
	}
	r.queue = append(r.queue, f)
	r.notify()
	return true
}

func (r *run) notify() {
	select {
	case r.more <- struct{}{}:
	default:
	}
}

// write writes the lines to the agent. It ends with the agent.
func (r *run) write(ctx context.Context) {
	in := r.peer.Stdin()
	defer in.Close()
	defer r.drop()
	for {
		f, some, closed := r.next()
		switch {
		case some:
			_, _ = in.Write(append(f.Body[:len(f.Body):len(f.Body)], '\n')) // an agent that reads no more will exit
			f.Done()
		case closed:
			return
		default:
			select {
			case <-r.more:
			case <-r.peer.Gone():
				return
			case <-ctx.Done():
				return
			}
		}
	}
}

// drop gives up the lines that the agent does not read any more.
func (r *run) drop() {
	r.mu.Lock()
	left := r.queue
	r.queue, r.deaf = nil, true
	r.mu.Unlock()
	for _, f := range left {
		f.Done()
	}
}

func (r *run) next() (f link.Received, some, closed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) == 0 {
		return f, false, r.close
	}
	f, r.queue = r.queue[0], r.queue[1:]
	return f, true, false
}

// stderrInterval is the interval in which the end of the standard error is sent if it has
// changed.
const stderrInterval = time.Second

// watch sends the end of the agent's standard error while the agent runs.
func (r *run) watch(ctx context.Context) {
	ticker := time.NewTicker(stderrInterval)
	defer ticker.Stop()
	last := ""
	for {
		select {
		case <-ticker.C:
		case <-r.peer.Gone():
			return
		case <-ctx.Done():
			return
		}
		if text := r.peer.Stderr(); text != last {
			last = text
			if r.out.Put(ctx, connect.TypeStderr, []byte(text)) != nil {
				return
			}
		}
	}
}

// stop ends the process in one of the ways.
func (r *run) stop(how connect.Signal) {
	if r.peer == nil {
		return
	}
	switch how {
	case connect.CloseInput:
		r.mu.Lock()
		r.close = true
		r.notify()
		r.mu.Unlock()
	case connect.Terminate:
		r.peer.Terminate()
	case connect.Kill:
		r.peer.Kill()
	}
}

// endWait is how long an agent may take to end after its input was closed, and again after
// SIGTERM.
const endWait = time.Second

// end ends the process, and waits for that.
func (r *run) end() {
	defer r.cancel()
	if r.peer == nil {
		return
	}
	r.stop(connect.CloseInput)
	for _, how := range []connect.Signal{connect.Terminate, connect.Kill} {
		timer := time.NewTimer(endWait)
		select {
		case <-r.peer.Gone():
		case <-timer.C:
			r.stop(how)
		}
		timer.Stop()
	}
	r.cancel()
	_ = r.peer.Stdin().Close() // in case a write waits
	r.work.Wait()
}
