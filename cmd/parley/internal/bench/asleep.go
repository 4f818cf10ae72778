package bench

import (
	"context"
	"errors"
	"maps"
	"time"
)

// Asleep is a server with many sessions that nobody uses, beside one that has
// none.
type Asleep struct {
	Timing
	Sessions int
}

// Scenario returns what there is to run.
func (a Asleep) Scenario() Scenario {
	return Scenario{
		Kind:     "asleep",
		Settings: []Setting{{"sessions", a.Sessions}},
		Goals: []Goal{
			{Figure: startMS, AtMost: 1.1}, {Figure: rss, AtMost: 1.1},
			{Figure: p50, AtMost: 1.1}, {Figure: cpuPerMillion, AtMost: 1.1},
		},
		Beside: "empty",
		prepare: func(ctx context.Context, l Lab, dir string) error {
			return Fill(ctx, l, dir, a.Sessions)
		},
		run: func(ctx context.Context, l Lab, which Server, dir string) (Figures, error) {
			if which == Beside {
				empty, remove, err := newDirectory()
				if err != nil {
					return nil, err
				}
				defer remove()
				dir = empty
			}
			return a.run(ctx, l, dir)
		},
	}
}

// run starts a server on the data, and has ten people talk.
func (a Asleep) run(ctx context.Context, l Lab, dir string) (_ Figures, err error) {
	began := time.Now()
	t, err := l.parleyOn(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.stop()) }()
	started := time.Since(began)
	figures := Figures{startMS: millis(started)}
	addRSS(figures, t)
	f := Fanout{Timing: a.Timing, Subscribers: 10, Transport: WebSocket, Window: 1, Size: 800}
	s, latency, err := f.gather(ctx, t, f.Subscribers)
	if err != nil {
		return nil, err
	}
	talking := s.figures(latency)
	maps.Copy(talking, figures) // the memory at rest
	return talking, nil
}
