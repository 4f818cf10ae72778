package scenario

import (
	"context"
	"errors"
	"time"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Churn measures participants that join, receive a first event and disconnect.
type Churn struct {
	Timing
	Against
	AtOnce int // joins at a time
	Rooms  int // that they are spread over
}

// Scenario returns the scenario with these settings.
func (c Churn) Scenario() Scenario {
	return Scenario{
		Kind:     "churn",
		Settings: []report.Setting{report.Number("at-once", c.AtOnce), report.Number("rooms", c.Rooms)},
		Goals:    c.asked(),
		Beside:   c.name(),
		run: func(ctx context.Context, l target.Lab, which target.Server, _ string) (report.Figures, error) {
			t, err := c.start(ctx, l, which)
			if err != nil {
				return nil, err
			}
			figures, err := c.run(ctx, t)
			return figures, errors.Join(err, t.Stop())
		},
	}
}

func (c Churn) asked() []report.Goal {
	var durable []report.Goal
	if c.AtOnce <= 8 {
		durable = []report.Goal{{Figure: report.P50, AtMost: 4000, Absolute: true}}
	}
	return c.goals([]report.Goal{{Figure: report.JoinsPerS, AtLeast: 0.6}}, durable)
}

func (c Churn) run(ctx context.Context, t target.Target) (report.Figures, error) {
	rooms := make([]target.Room, c.Rooms)
	for i := range rooms {
		var err error
		if rooms[i], err = t.Room(ctx); err != nil {
			return nil, err
		}
	}
	of := meter.NewTally()
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
	return s.closedLoop(&of.Latency, report.JoinsPerS, report.CPUPerJoin), nil
}

// visit counts a visit and the time until its first event.
func visit(ctx context.Context, r target.Room, of *meter.Tally) error {
	began := time.Now()
	first, err := r.Visit(ctx)
	if err != nil {
		return err
	}
	if of.Measuring.Load() {
		of.Latency.Record(int64(first.Sub(began)))
	}
	of.Complete.Add(1)
	return nil
}
