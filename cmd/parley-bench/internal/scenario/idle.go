package scenario

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"parley/cmd/parley-bench/internal/netio"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Idle measures the memory of connections without traffic.
type Idle struct {
	Connections int
	Rooms       int // rooms that the connections are spread over
	Transport   target.Transport
}

// Scenario returns the scenario with these settings.
func (i Idle) Scenario() Scenario {
	return Scenario{
		Kind:     "idle",
		Settings: []report.Setting{report.Text("transport", i.Transport), report.Number("connections", i.Connections), report.Number("rooms", i.Rooms)},
		Goals:    []report.Goal{{Figure: report.RSSPerConn, AtMost: 14 << 10, Absolute: true}},
		Baseline: "raw",
		Files:    i.Connections + i.Connections/20,
		run: func(ctx context.Context, l target.Lab, which target.Server, _ string) (report.Figures, error) {
			if l.Remote() {
				return nil, fmt.Errorf("the memory of the server is not known: %w", target.ErrRemote)
			}
			t, err := l.Start(ctx, which, target.DebugFlags...)
			if err != nil {
				return nil, err
			}
			figures, err := i.run(ctx, t)
			return figures, errors.Join(err, t.Stop())
		},
	}
}

// run opens a twentieth of the connections before the first reading, so that memory that a
// server allocates once is not counted, and then the others.
func (i Idle) run(ctx context.Context, t target.Target) (_ report.Figures, err error) {
	p := &idleConnections{ctx: ctx, transport: i.Transport}
	defer p.close()
	for range i.Rooms {
		r, err := t.Room(ctx)
		if err != nil {
			return nil, err
		}
		p.rooms = append(p.rooms, r)
	}
	if err := p.add(max(i.Connections/20, 1)); err != nil {
		return nil, err
	}
	before, err := settledMemory(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := p.add(i.Connections); err != nil {
		return nil, err
	}
	after, err := settledMemory(ctx, t)
	if err != nil {
		return nil, err
	}
	n := float64(i.Connections)
	f := report.Figures{report.RSSPerConn: float64(after.rss-before.rss) / n, report.RSS: float64(after.rss) / (1 << 20)}
	if after.live > 0 {
		f[report.HeapPerConn] = float64(after.live-before.live) / n
	}
	return f, nil
}

// idleConnections are connections whose events are read and discarded.
type idleConnections struct {
	ctx       context.Context // for the life of the connections
	transport target.Transport
	rooms     []target.Room

	reading sync.WaitGroup // a goroutine for each connection; close ends them and waits

	mu      sync.Mutex
	streams []netio.Stream // guarded by mu
}

// add opens n connections, spread evenly over the rooms, and reads from them until
// they end, as clients do.
func (p *idleConnections) add(n int) error {
	return parallel(maxConcurrentJoins, n, func(i int) error {
		s, err := p.rooms[i%len(p.rooms)].Listen(p.ctx, p.transport, 4<<10)
		if err != nil {
			return fmt.Errorf("join: %w", err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.streams = append(p.streams, s)
		p.reading.Go(func() { // close ends it and waits
			for err == nil {
				_, err = s.Next()
			}
		})
		return nil
	})
}

// close closes all connections and waits for their goroutines.
func (p *idleConnections) close() {
	p.mu.Lock()
	for _, s := range p.streams {
		_ = s.Close()
	}
	p.mu.Unlock()
	p.reading.Wait()
}
