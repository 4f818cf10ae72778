package bench

import (
	"context"
	"errors"
	"time"
)

// Churn is people who come, get a first event, and go.
type Churn struct {
	Timing
	Against
	AtOnce int
	Rooms  int // that they are spread over
}

// Scenario returns what there is to run.
func (c Churn) Scenario() Scenario {
	return Scenario{
		Kind:     "churn",
		Settings: []Setting{{"at-once", c.AtOnce}, {"rooms", c.Rooms}},
		Goals:    c.goals(Goal{Figure: joinsPerS, AtLeast: 0.6}),
		Beside:   c.name(),
		run: func(ctx context.Context, l Lab, which Server, _ string) (Figures, error) {
			t, err := c.start(ctx, l, which)
			if err != nil {
				return nil, err
			}
			figures, err := c.run(ctx, t)
			return figures, errors.Join(err, t.stop())
		},
	}
}

func (c Churn) run(ctx context.Context, t target) (Figures, error) {
	rooms := make([]room, c.Rooms)
	for i := range rooms {
		var err error
		if rooms[i], err = t.room(ctx); err != nil {
			return nil, err
		}
	}
	of := newTally()
	s, err := c.measure(t, of, func(over <-chan struct{}) error {
		return parallel(c.AtOnce, c.AtOnce, func(i int) error {
			for !isOver(over) && ctx.Err() == nil {
				if err := visit(ctx, rooms[i%len(rooms)], of); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	})
	if err != nil {
		return nil, err
	}
	f := Figures{
		joinsPerS: s.events / s.seconds,
		p50:       micros(of.latency.quantile(0.5)),
		p99:       micros(of.latency.quantile(0.99)),
		longest:   micros(of.latency.max()),
	}
	s.addUse(f)
	if s.known {
		f[cpuPerJoin] = s.cpu / s.events * 1e6
	}
	return f, nil
}

// visit counts a visit, and how long its first event took.
func visit(ctx context.Context, r room, of *tally) error {
	began := time.Now()
	first, err := r.visit(ctx)
	if err != nil {
		return err
	}
	if of.measuring.Load() {
		of.latency.add(int64(first.Sub(began)))
	}
	of.complete.Add(1)
	return nil
}
