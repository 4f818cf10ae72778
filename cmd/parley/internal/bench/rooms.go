package bench

import (
	"context"
	"errors"
)

// Rooms is many rooms, in each of which one talks now and then.
type Rooms struct {
	Timing
	Against
	Rooms  int
	People int     // in each, all of whom listen
	Rate   float64 // messages a second, all rooms together
	Size   int
}

// Scenario returns what there is to run.
func (r Rooms) Scenario() Scenario {
	return Scenario{
		Kind:     "rooms",
		Settings: []Setting{{"rooms", r.Rooms}, {"people", r.People}, {"rate", r.Rate}, {"size", r.Size}},
		Goals:    atFixedRate,
		Beside:   r.name(),
		Files:    r.Rooms * r.People,
		run: func(ctx context.Context, l Lab, which Server, _ string) (Figures, error) {
			t, err := r.start(ctx, l, which)
			if err != nil {
				return nil, err
			}
			figures, err := r.run(ctx, t)
			return figures, errors.Join(err, t.stop())
		},
	}
}

// roomUnderWay is how many events one room may be behind.
const roomUnderWay = 256

func (r Rooms) run(ctx context.Context, t target) (_ Figures, err error) {
	of := newTally()
	crowds := make([]*crowd, r.Rooms)
	defer func() {
		for _, c := range crowds {
			if c != nil {
				err = errors.Join(err, c.leave())
			}
		}
	}()
	g := gathering{people: r.People, transport: WebSocket, size: r.Size, underWay: roomUnderWay}
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
	return s.figures(&of.latency), nil
}
