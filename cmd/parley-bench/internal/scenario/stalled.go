package scenario

import (
	"context"
	"errors"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Stalled measures one room with clients that never read, compared with the same room
// without them.
type Stalled struct {
	Timing
	Readers int // clients that read, the speaker included
	Stalled int // clients that do not read
	Rate    int // deliveries per second to clients that read
	Size    int // bytes of an event
}

// Scenario returns the scenario with these settings.
func (s Stalled) Scenario() Scenario {
	return Scenario{
		Kind:     "stalled",
		Settings: []report.Setting{report.Number("readers", s.Readers), report.Number("stalled", s.Stalled), report.Number("rate", s.Rate), report.Number("size", s.Size)},
		Goals:    []report.Goal{{Figure: report.P99, AtMost: 1.2}},
		Baseline: "without",
		Files:    s.Readers + s.Stalled,
		run: func(ctx context.Context, l target.Lab, which target.Server, _ string) (report.Figures, error) {
			t, err := l.StartParley(ctx)
			if err != nil {
				return nil, err
			}
			stalled := s.Stalled
			if which == target.Baseline {
				stalled = 0
			}
			figures, err := s.run(ctx, t, stalled)
			return figures, errors.Join(err, t.Stop())
		},
	}
}

func (s Stalled) run(ctx context.Context, t target.Target, stalled int) (_ report.Figures, err error) {
	r, err := t.Room(ctx)
	if err != nil {
		return nil, err
	}
	for range stalled {
		client, err := r.Listen(ctx, target.WebSocket, 4<<10)
		if err != nil {
			return nil, err
		}
		defer client.Close()
	}
	of := meter.NewTally()
	c, err := newGroupIn(ctx, r, of, groupConfig{s.Readers, target.WebSocket, s.Size, 1 << 16})
	if err != nil {
		return nil, err
	}
	span, err := s.measure(t, of, func(over <-chan struct{}) error {
		return sendInTurn(ctx, []*group{c}, float64(s.Rate)/float64(s.Readers), over)
	})
	if err := errors.Join(err, c.close()); err != nil {
		return nil, err
	}
	return span.figures(&of.Latency), nil
}
