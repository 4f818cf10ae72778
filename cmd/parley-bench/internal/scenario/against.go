package scenario

import (
	"context"

	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Against says which raw server stands beside Parley.
type Against struct {
	Durable bool // raw commits every message to a journal too, so that the ratio leaves that out
}

func (a Against) name() string {
	if a.Durable {
		return "durable raw"
	}
	return "raw"
}

// goals returns those of the two lists that apply beside this raw.
func (a Against) goals(plain, durable []report.Goal) []report.Goal {
	if a.Durable {
		return durable
	}
	return plain
}

// atFixedRate are the goals at a fixed rate, at which Parley commits as early as the
// processor time allows.
var atFixedRate = []report.Goal{
	{Figure: report.P50, AtMost: 1, Plus: 2000},
	{Figure: report.CPUPerMillion, AtMost: 2},
}

// start starts Parley or raw.
func (a Against) start(ctx context.Context, l target.Lab, which target.Server) (target.Target, error) {
	if which == target.Beside && a.Durable {
		return target.StartRaw(ctx, l, true)
	}
	return l.Start(ctx, which)
}
