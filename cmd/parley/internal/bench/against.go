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

// goals returns what was asked of a ratio to raw, which is nothing for the
// other.
func (a Against) goals(all ...Goal) []Goal {
	if a.Durable {
		return nil
	}
	return all
}

func (a Against) start(ctx context.Context, l Lab, which Server) (target, error) {
	if which == Beside && a.Durable {
		return startRaw(ctx, l, true)
	}
	return l.start(ctx, which)
}
