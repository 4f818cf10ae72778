package scenario

import (
	"context"
	"time"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Churn measures participants that join, receive a first event and disconnect.
type Churn struct {
	Timing
	Comparison
	AtOnce int // joins at the same time
	Rooms  int // rooms that the joins are spread over
}

// Scenario returns the scenario with these settings.
func (c Churn) Scenario() Scenario {
	return Scenario{
		Kind:     "churn",
		Settings: []report.Setting{report.Number("at-once", c.AtOnce), report.Number("rooms", c.Rooms)},
		Goals:    c.allGoals(),
		Baseline: c.name(),
		run:      c.onServer(c.run),
	}
}

// allGoals returns the goals for the raw server that it is compared with.
func (c Churn) allGoals() []report.Goal {
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

// visit joins a room, receives a first event and disconnects. It records the latency.
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
