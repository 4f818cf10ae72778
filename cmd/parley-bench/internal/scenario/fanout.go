package scenario

import (
	"context"
	"errors"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Fanout measures one room, in which one participant sends and all listen.
type Fanout struct {
	Timing
	Comparison
	Subscribers int
	Transport   target.Transport
	Window      int // events in flight
	Rate        int // deliveries per second, instead of a window
	Size        int // bytes of an event
}

// Scenario returns the scenario with these settings.
func (f Fanout) Scenario() Scenario {
	pace := report.Number("window", f.Window)
	if f.Rate > 0 {
		pace = report.Number("rate", f.Rate)
	}
	return Scenario{
		Kind:     "fanout",
		Settings: []report.Setting{report.Text("transport", f.Transport), report.Number("subscribers", f.Subscribers), pace, report.Number("size", f.Size)},
		Goals:    f.allGoals(),
		Baseline: f.name(),
		Files:    f.Subscribers,
		run:      f.onServer(f.run),
	}
}

// allGoals returns the goals for the raw server that it is compared with.
func (f Fanout) allGoals() []report.Goal {
	var durable []report.Goal
	if f.Rate > 0 {
		durable = atFixedRate
	}
	return f.goals(f.plainGoals(), durable)
}

// plainGoals returns the goals for a raw server without a journal.
func (f Fanout) plainGoals() []report.Goal {
	atMost, atLeast := 1/0.75, 6.0
	if f.Transport == target.SSE {
		atMost, atLeast = 1/0.6, 0.6
	}
	switch {
	case f.Rate > 0:
		return append([]report.Goal{
			{Figure: report.CPUFurther, AtMost: 1 / 0.8},
			{Figure: report.P50Beyond, AtMost: 1}, // raw has no commit
		}, atFixedRate...)
	case f.Window == 1:
		return []report.Goal{{Figure: report.CPUFurther, AtMost: atMost}}
	}
	return []report.Goal{{Figure: report.DeliveriesPerS, AtLeast: atLeast}}
}

func (f Fanout) run(ctx context.Context, t target.Target) (report.Figures, error) {
	if f.Subscribers == 1 || f.Window > 1 && f.Rate == 0 { // a commit is shared by many events, so its cost does not matter
		s, latency, err := f.measureGroup(ctx, t, f.Subscribers)
		if err != nil {
			return nil, err
		}
		return s.figures(latency), nil
	}
	alone, aloneLatency, err := f.measureGroup(ctx, t, 1)
	if err != nil {
		return nil, err
	}
	all, latency, err := f.measureGroup(ctx, t, f.Subscribers)
	if err != nil {
		return nil, err
	}
	figures := all.figures(latency)
	all.addFurther(figures, alone, f.Subscribers)
	figures[report.P50Alone] = micros(aloneLatency.Quantile(0.5))
	figures[report.P50Beyond] = figures[report.P50] - figures[report.P50Alone]
	return figures, nil
}

// measureGroup measures a room with a number of listeners.
func (f Fanout) measureGroup(ctx context.Context, t target.Target, listeners int) (span, *meter.Histogram, error) {
	of := meter.NewTally()
	c, err := newGroup(ctx, t, of, groupConfig{listeners, f.Transport, f.Size, f.inFlight()})
	if err != nil {
		return span{}, nil, err
	}
	s, err := f.measure(t, of, func(over <-chan struct{}) error {
		if f.Rate > 0 {
			return sendInTurn(ctx, []*group{c}, float64(f.Rate)/float64(f.Subscribers), over)
		}
		return c.keepInFlight(ctx, f.Window, over)
	})
	return s, &of.Latency, errors.Join(err, c.close())
}

func (f Fanout) inFlight() int {
	if f.Rate > 0 {
		return 1 << 16
	}
	return f.Window
}
