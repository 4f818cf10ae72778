package bench

import (
	"context"
	"errors"
)

// Stalled is one room with somebody in it who never reads, beside the same room
// without.
type Stalled struct {
	Timing
	Readers int // the one who talks among them
	Stalled int
	Rate    int // deliveries a second to those who read
	Size    int // bytes of an event
}

// Scenario returns what there is to run.
func (s Stalled) Scenario() Scenario {
	return Scenario{
		Kind:     "stalled",
		Settings: []Setting{{"readers", s.Readers}, {"stalled", s.Stalled}, {"rate", s.Rate}, {"size", s.Size}},
		Goals:    []Goal{{Figure: p99, AtMost: 1.2}},
		Beside:   "without",
		Files:    s.Readers + s.Stalled,
		run: func(ctx context.Context, l Lab, which Server, _ string) (Figures, error) {
			t, err := l.parley(ctx)
			if err != nil {
				return nil, err
			}
			stalled := s.Stalled
			if which == Beside {
				stalled = 0
			}
			figures, err := s.run(ctx, t, stalled)
			return figures, errors.Join(err, t.stop())
		},
	}
}

func (s Stalled) run(ctx context.Context, t target, stalled int) (_ Figures, err error) {
	r, err := t.room(ctx)
	if err != nil {
		return nil, err
	}
	for range stalled {
		silent, err := r.listen(ctx, WebSocket, 4<<10)
		if err != nil {
			return nil, err
		}
		defer silent.Close()
	}
	of := newTally()
	c, err := gatherIn(ctx, r, of, gathering{s.Readers, WebSocket, s.Size, 1 << 16})
	if err != nil {
		return nil, err
	}
	talked, err := s.measure(t, of, func(over <-chan struct{}) error {
		return takeTurns(ctx, []*crowd{c}, float64(s.Rate)/float64(s.Readers), over)
	})
	if err := errors.Join(err, c.leave()); err != nil {
		return nil, err
	}
	return talked.figures(&of.latency), nil
}
