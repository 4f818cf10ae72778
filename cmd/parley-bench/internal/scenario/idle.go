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
	Rooms       int // that they are spread over
	Transport   target.Transport
}

// Scenario returns the scenario with these settings.
func (i Idle) Scenario() Scenario {
	return Scenario{
		Kind:     "idle",
		Settings: []report.Setting{report.Text("transport", i.Transport), report.Number("connections", i.Connections), report.Number("rooms", i.Rooms)},
		Goals:    []report.Goal{{Figure: report.RSSPerConn, AtMost: 14 << 10, Absolute: true}},
		Beside:   "raw",
		Files:    i.Connections + i.Connections/20,
		run: func(ctx context.Context, l target.Lab, which target.Server, _ string) (report.Figures, error) {
			if l.Remote() {
				return nil, fmt.Errorf("the memory is not known: %w", target.ErrRemote)
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

// run opens a twentieth of the connections before the first reading, so that what a
// server allocates once is not counted, and then all the others.
func (i Idle) run(ctx context.Context, t target.Target) (_ report.Figures, err error) {
	p := &parked{ctx: ctx, transport: i.Transport}
	defer p.leave()
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
	before, err := settle(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := p.add(i.Connections); err != nil {
		return nil, err
	}
	after, err := settle(ctx, t)
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

// parked is connections whose events are read and not looked at.
type parked struct {
	ctx       context.Context
	transport target.Transport
	rooms     []target.Room

	mu      sync.Mutex
	reading sync.WaitGroup
	streams []netio.Stream // guarded by mu
}

// add opens n connections, spread evenly over the rooms, and reads from them until
// they end, as clients do.
func (p *parked) add(n int) error {
	return parallel(joinersAtOnce, n, func(i int) error {
		s, err := p.rooms[i%len(p.rooms)].Listen(p.ctx, p.transport, 4<<10)
		if err != nil {
			return fmt.Errorf("join: %w", err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.streams = append(p.streams, s)
		p.reading.Go(func() { // leave ends it and waits
			for err == nil {
				_, err = s.Next()
			}
		})
		return nil
	})
}

func (p *parked) leave() {
	p.mu.Lock()
	for _, s := range p.streams {
		_ = s.Close()
	}
	p.mu.Unlock()
	p.reading.Wait()
}
