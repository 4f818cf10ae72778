package target

import (
	"context"
	"errors"
	"net/url"

	"parley/cmd/parley-bench/internal/machine"
	"parley/protocol/client"
)

// Server is one of the two servers that a scenario compares.
type Server string

// The servers. The baseline is the raw server in most scenarios.
const (
	Parley   Server = "parley"
	Baseline Server = "baseline"
)

// Lab says which programs and which cores scenarios use.
type Lab struct {
	Parley string // program of the server
	Self   string // this program, for the raw server and for agents
	Pins   machine.Pins
	Files  int // open files that a process is allowed; 0 if not known

	// URL is a server that is already running; nil to start one for each run.
	URL *url.URL
	// Link leads to a session of that server, which is then the only room. Without
	// it sessions are created as needed, on Agent.
	Link  client.Link
	Agent string
}

// ErrRemote reports that a scenario needs a server that parley-bench has started.
var ErrRemote = errors.New("the server was not started by parley-bench")

// Remote reports whether the server was already running. Then there is no baseline.
func (l Lab) Remote() bool { return l.URL != nil }

// Start starts Parley, with additional flags, or the raw server.
func (l Lab) Start(ctx context.Context, which Server, flags ...string) (Target, error) {
	if which == Baseline {
		return StartRaw(ctx, l, false)
	}
	return l.StartParley(ctx, flags...)
}

// StartParley starts Parley on an empty data directory, with additional flags, or
// returns the server that is already running.
func (l Lab) StartParley(ctx context.Context, flags ...string) (*ParleyTarget, error) {
	if l.Remote() {
		return &ParleyTarget{url: l.URL, link: l.Link, agent: l.Agent}, nil
	}
	dir, remove, err := machine.TempDir()
	if err != nil {
		return nil, err
	}
	t, err := l.StartParleyOn(ctx, dir, flags...)
	if err != nil {
		remove()
		return nil, err
	}
	t.remove = remove
	return t, nil
}
