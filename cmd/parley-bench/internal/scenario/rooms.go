package scenario

import (
	"context"
	"errors"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Rooms measures many rooms, in each of which one participant talks now and then.
type Rooms struct {
	Timing
	Against
	Rooms  int
	People int     // participants of each
	Rate   float64 // messages a second, all rooms together
	Size   int     // bytes of an event
}

// Scenario returns the scenario with these settings.
func (r Rooms) Scenario() Scenario {
	return Scenario{
		Kind:     "rooms",
		Settings: []report.Setting{report.Number("rooms", r.Rooms), report.Number("people", r.People), report.Number("rate", r.Rate), report.Number("size", r.Size)},
		Goals:    atFixedRate,
		Beside:   r.name(),
		Files:    r.Rooms * r.People,
		run: func(ctx context.Context, l target.Lab, which target.Server, _ string) (report.Figures, error) {
			t, err := r.start(ctx, l, which)
			if err != nil {
				return nil, err
			}
			figures, err := r.run(ctx, t)
			return figures, errors.Join(err, t.Stop())
		},
	}
}

// roomUnderWay is how many events one room may be behind.
const roomUnderWay = 256

func (r Rooms) run(ctx context.Context, t target.Target) (_ report.Figures, err error) {
	of := meter.NewTally()
	crowds := make([]*crowd, r.Rooms)
	defer func() {
		for _, c := range crowds {
			if c != nil {
				err = errors.Join(err, c.leave())
			}
		}
	}()
	g := gathering{people: r.People, transport: target.WebSocket, size: r.Size, inFlight: roomUnderWay}
	err = parallel(8, r.Rooms, func(i int) (err error) {
		crowds[i], err = gather(ctx, t, of, g)
		return err
	})
	if err != nil {
		return nil, err
	}
	s, err := r.measure(t, of, func(over <-chan struct{}) error { return takeTurns(ctx, crowds, r.Rate, over) })
	if err != nil {
		return nil, err
	}
	return s.figures(&of.Latency), nil
}
