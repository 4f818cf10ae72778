package bench

import (
	"context"
	"net/url"

	"parley/protocol/client"
)

// Server is one of the two that are compared.
type Server string

// The servers. Beside is raw in most scenarios.
const (
	Parley Server = "parley"
	Beside Server = "beside"
)

// Lab is where scenarios run.
type Lab struct {
	Program string // this program, to start servers with
	Pins    Pins
	Files   int // how many a process may have open; 0 if that is not known
	// URL is a server that runs already; nil to start one for each run.
	URL *url.URL
	// Link leads to a session of that server, the only one used; else sessions
	// are made as needed, on an agent of this name.
	Link  client.Link
	Agent string
}

// Remote reports whether the server was not started here. There is nothing
// beside it then.
func (l Lab) Remote() bool { return l.URL != nil }

// start starts Parley, with further flags, or raw.
func (l Lab) start(ctx context.Context, which Server, flags ...string) (target, error) {
	if which == Beside {
		return startRaw(ctx, l, false)
	}
	return l.parley(ctx, flags...)
}

// parley starts Parley on an empty directory, or takes the one that runs.
func (l Lab) parley(ctx context.Context, flags ...string) (*parleyTarget, error) {
	if l.Remote() {
		return &parleyTarget{url: l.URL, link: l.Link, agent: l.Agent}, nil
	}
	dir, remove, err := newDirectory()
	if err != nil {
		return nil, err
	}
	t, err := l.parleyOn(ctx, dir, flags...)
	if err != nil {
		remove()
		return nil, err
	}
	t.remove = remove
	return t, nil
}
