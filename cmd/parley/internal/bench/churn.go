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
		Goals:    c.asked(),
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

func (c Churn) asked() []Goal {
	var durable []Goal
	if c.AtOnce <= 8 {
		durable = []Goal{{Figure: p50, AtMost: 4000, Absolute: true}}
	}
	return c.goals([]Goal{{Figure: joinsPerS, AtLeast: 0.6}}, durable)
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
	return s.closedLoop(&of.latency, joinsPerS, cpuPerJoin), nil
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
