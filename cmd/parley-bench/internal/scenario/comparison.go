package scenario

import (
	"context"
	"errors"

	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Comparison says which raw server Parley is compared with.
type Comparison struct {
	Durable bool // raw commits every message to a journal too, so that the ratio does not contain that cost
}

// name returns the name of the raw server in results.
func (a Comparison) name() string {
	if a.Durable {
		return "durable raw"
	}
	return "raw"
}

// goals returns the list of goals that applies to this raw server.
func (a Comparison) goals(plain, durable []report.Goal) []report.Goal {
	if a.Durable {
		return durable
	}
	return plain
}

// atFixedRate are the goals of scenarios at a fixed rate, at which Parley commits as early
// as its processor time allows.
var atFixedRate = []report.Goal{
	{Figure: report.P50, AtMost: 1, Plus: 2000},
	{Figure: report.CPUPerMillion, AtMost: 2},
}

// start starts Parley or raw.
func (a Comparison) start(ctx context.Context, l target.Lab, which target.Server) (target.Target, error) {
	if which == target.Baseline && a.Durable {
		return target.StartRaw(ctx, l, true)
	}
	return l.Start(ctx, which)
}

// runFunc measures one run on a server.
type runFunc func(ctx context.Context, l target.Lab, which target.Server, dir string) (report.Figures, error)

// onServer returns a function that starts Parley or raw, measures it and stops it.
func (a Comparison) onServer(measure func(context.Context, target.Target) (report.Figures, error)) runFunc {
	return func(ctx context.Context, l target.Lab, which target.Server, _ string) (report.Figures, error) {
		t, err := a.start(ctx, l, which)
		if err != nil {
			return nil, err
		}
		figures, err := measure(ctx, t)
		return figures, errors.Join(err, t.Stop())
	}
}
