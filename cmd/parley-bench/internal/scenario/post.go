package scenario

import (
	"context"
	"errors"
	"time"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Post measures connections that post messages to one room, one after the other.
type Post struct {
	Timing
	Connections int
	Size        int // bytes of a message's text
}

// Scenario returns the scenario with these settings.
func (p Post) Scenario() Scenario {
	return Scenario{
		Kind:     "post",
		Settings: []report.Setting{report.Number("connections", p.Connections), report.Number("size", p.Size)},
		Goals:    p.goals(),
		Baseline: Comparison{Durable: true}.name(),
		Files:    p.Connections,
		run:      Comparison{Durable: true}.onServer(p.run),
	}
}

// goals returns the goal for the number of connections, if it has one.
func (p Post) goals() []report.Goal {
	atLeast := map[int]float64{8: 8000, 32: 20_000}[p.Connections]
	if atLeast == 0 {
		return nil
	}
	return []report.Goal{{Figure: report.PostsPerS, AtLeast: atLeast, Absolute: true}}
}

func (p Post) run(ctx context.Context, t target.Target) (_ report.Figures, err error) {
	r, err := t.Room(ctx)
	if err != nil {
		return nil, err
	}
	posters := make([]target.Poster, p.Connections)
	defer func() {
		for _, p := range posters {
			if p != nil {
				err = errors.Join(err, p.Close())
			}
		}
	}()
	for i := range posters {
		if posters[i], err = r.Poster(ctx, p.Size); err != nil {
			return nil, err
		}
	}
	of := meter.NewTally()
	s, err := p.measure(t, of, func(over <-chan struct{}) error {
		return parallel(len(posters), len(posters), func(i int) error {
			for !isOver(over) && ctx.Err() == nil {
				if err := post(posters[i], of); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	})
	if err != nil {
		return nil, err
	}
	return s.closedLoop(&of.Latency, report.PostsPerS, report.CPUPerPost), nil
}

// post posts a message and records the time until its answer.
func post(p target.Poster, of *meter.Tally) error {
	began := time.Now()
	if err := p.Post(); err != nil {
		return err
	}
	if of.Measuring.Load() {
		of.Latency.Record(int64(time.Since(began)))
	}
	of.Complete.Add(1)
	return nil
}
