package bench

import "context"

// Against says which raw stands beside Parley.
type Against struct {
	Durable bool // it keeps every message in a journal too: what is left is what Parley does beside that
}

func (a Against) name() string {
	if a.Durable {
		return "durable raw"
	}
	return "raw"
}

// goals returns what is asked beside the one raw or the other.
func (a Against) goals(plain, durable []Goal) []Goal {
	if a.Durable {
		return durable
	}
	return plain
}

// atFixedRate is what is asked at a fixed rate: commits come as soon as that is
// worth their processor time.
var atFixedRate = []Goal{
	{Figure: p50, AtMost: 1, Plus: 2000},
	{Figure: cpuPerMillion, AtMost: 2},
}

func (a Against) start(ctx context.Context, l Lab, which Server) (target, error) {
	if which == Beside && a.Durable {
		return startRaw(ctx, l, true)
	}
	return l.start(ctx, which)
}
