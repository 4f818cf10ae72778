package bench

import (
	"context"
	"errors"
	"time"
)

// Post is connections that post messages to one room, each the next when the
// one before is answered.
type Post struct {
	Timing
	Connections int
	Size        int // bytes of a message's text
}

// Scenario returns what there is to run.
func (p Post) Scenario() Scenario {
	return Scenario{
		Kind:     "post",
		Settings: []Setting{{"connections", p.Connections}, {"size", p.Size}},
		Goals:    p.goals(),
		Beside:   Against{Durable: true}.name(),
		Files:    p.Connections,
		run: func(ctx context.Context, l Lab, which Server, _ string) (Figures, error) {
			t, err := Against{Durable: true}.start(ctx, l, which)
			if err != nil {
				return nil, err
			}
			figures, err := p.run(ctx, t)
			return figures, errors.Join(err, t.stop())
		},
	}
}

// goals are those of the connections that have one.
func (p Post) goals() []Goal {
	atLeast := map[int]float64{8: 8000, 32: 20_000}[p.Connections]
	if atLeast == 0 {
		return nil
	}
	return []Goal{{Figure: postsPerS, AtLeast: atLeast, Absolute: true}}
}

func (p Post) run(ctx context.Context, t target) (_ Figures, err error) {
	r, err := t.room(ctx)
	if err != nil {
		return nil, err
	}
	posters := make([]poster, p.Connections)
	defer func() {
		for _, p := range posters {
			if p != nil {
				err = errors.Join(err, p.Close())
			}
		}
	}()
	for i := range posters {
		if posters[i], err = r.poster(ctx, p.Size); err != nil {
			return nil, err
		}
	}
	of := newTally()
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
	return s.closedLoop(&of.latency, postsPerS, cpuPerPost), nil
}

// post counts a message, and how long its answer took.
func post(p poster, of *tally) error {
	began := time.Now()
	if err := p.post(); err != nil {
		return err
	}
	if of.measuring.Load() {
		of.latency.add(int64(time.Since(began)))
	}
	of.complete.Add(1)
	return nil
}
