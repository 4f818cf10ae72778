package bench

import (
	"context"
	"errors"
)

// Fanout is one room in which one talks and all listen.
type Fanout struct {
	Timing
	Against
	Subscribers int
	Transport   Transport
	Window      int // events under way at a time
	Rate        int // deliveries a second, instead, whether or not they arrive
	Size        int // bytes of an event
}

// Scenario returns what there is to run.
func (f Fanout) Scenario() Scenario {
	pace := Setting{"window", f.Window}
	if f.Rate > 0 {
		pace = Setting{"rate", f.Rate}
	}
	return Scenario{
		Kind:     "fanout",
		Settings: []Setting{{"transport", f.Transport}, {"subscribers", f.Subscribers}, pace, {"size", f.Size}},
		Goals:    f.asked(),
		Beside:   f.name(),
		Files:    f.Subscribers,
		run: func(ctx context.Context, l Lab, which Server, _ string) (Figures, error) {
			t, err := f.start(ctx, l, which)
			if err != nil {
				return nil, err
			}
			figures, err := f.run(ctx, t)
			return figures, errors.Join(err, t.stop())
		},
	}
}

func (f Fanout) asked() []Goal {
	var durable []Goal
	if f.Rate > 0 {
		durable = atFixedRate
	}
	return f.goals(f.plainGoals(), durable)
}

func (f Fanout) plainGoals() []Goal {
	atMost, atLeast := 1/0.75, 6.0
	if f.Transport == SSE {
		atMost, atLeast = 1/0.6, 0.6
	}
	switch {
	case f.Rate > 0:
		return append([]Goal{
			{Figure: cpuFurther, AtMost: 1 / 0.8},
			{Figure: p50Beyond, AtMost: 1}, // beyond a commit, which raw does not have
		}, atFixedRate...)
	case f.Window == 1:
		return []Goal{{Figure: cpuFurther, AtMost: atMost}}
	}
	return []Goal{{Figure: deliveriesPerS, AtLeast: atLeast}}
}

func (f Fanout) run(ctx context.Context, t target) (Figures, error) {
	if f.Subscribers == 1 || f.Window > 1 && f.Rate == 0 { // the journal's share is spread over many events
		s, latency, err := f.gather(ctx, t, f.Subscribers)
		if err != nil {
			return nil, err
		}
		return s.figures(latency), nil
	}
	alone, aloneLatency, err := f.gather(ctx, t, 1)
	if err != nil {
		return nil, err
	}
	all, latency, err := f.gather(ctx, t, f.Subscribers)
	if err != nil {
		return nil, err
	}
	figures := all.figures(latency)
	all.addFurther(figures, alone, f.Subscribers)
	figures[p50Alone] = micros(aloneLatency.quantile(0.5))
	figures[p50Beyond] = figures[p50] - figures[p50Alone]
	return figures, nil
}

// gather measures with so many listeners.
func (f Fanout) gather(ctx context.Context, t target, listeners int) (span, *histogram, error) {
	of := newTally()
	c, err := gather(ctx, t, of, gathering{listeners, f.Transport, f.Size, f.underWay()})
	if err != nil {
		return span{}, nil, err
	}
	s, err := f.measure(t, of, func(over <-chan struct{}) error {
		if f.Rate > 0 {
			return takeTurns(ctx, []*crowd{c}, float64(f.Rate)/float64(f.Subscribers), over)
		}
		return c.window(ctx, f.Window, over)
	})
	return s, &of.latency, errors.Join(err, c.leave())
}

func (f Fanout) underWay() int {
	if f.Rate > 0 {
		return 1 << 16
	}
	return f.Window
}
