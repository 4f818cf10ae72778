package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/streamer"
	"parley/cmd/parley-bench/internal/target"
)

// Tokens measures agents that stream text, each to a few watchers. The agents are
// processes that the server starts; see package streamer.
type Tokens struct {
	Timing
	Agents   int
	Rate     float64 // chunks per second from each agent
	Watchers int     // watchers of each agent

	MostP50 time.Duration // that the median latency should have at most; 0 for no goal
}

// Scenario returns the scenario with these settings.
func (k Tokens) Scenario() Scenario {
	goals := []report.Goal{
		{Figure: report.KeptUp, AtLeast: 99, Absolute: true},
		{Figure: report.P99, AtMost: 1e6, Absolute: true},
	}
	if k.MostP50 > 0 {
		goals = append(goals, report.Goal{Figure: report.P50, AtMost: float64(k.MostP50.Microseconds()), Absolute: true})
	}
	return Scenario{
		Kind:     "tokens",
		Settings: []report.Setting{report.Number("agents", k.Agents), report.Number("rate", k.Rate), report.Number("watchers", k.Watchers)},
		Files:    k.Agents * (k.Watchers + 3), // three pipes, or two pipes and a socket, to each agent
		Goals:    goals,
		run: func(ctx context.Context, l target.Lab, _ target.Server, _ string) (report.Figures, error) {
			if l.Remote() {
				return nil, fmt.Errorf("the server must start agents of the bench: %w", target.ErrRemote)
			}
			a := &watchers{Tally: meter.NewTally(), failed: make(chan error, 1)}
			s, err := streamer.NewPool(k.Rate, a.Now)
			if err != nil {
				return nil, err
			}
			defer s.Close()
			t, err := l.StartParley(ctx, "--agent", fmt.Sprintf("stream='%s' streamer --socket '%s' --core %d", l.Self, s.Path(), l.Pins.Load()))
			if err != nil {
				return nil, err
			}
			defer t.Kill() // an orderly stop would first process thousands of events
			return k.run(ctx, t, a)
		},
	}
}

// tokensTimeout is how long all agents together may take to start. A server that cannot
// keep up with them would never start them all.
const tokensTimeout = 2 * time.Minute

func (k Tokens) run(ctx context.Context, t *target.ParleyTarget, a *watchers) (report.Figures, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, tokensTimeout+2*k.Duration, errTooManyAgents)
	defer cancel()
	defer a.close()
	rooms := make([]*target.ParleyRoom, k.Agents)
	err := parallel(8, k.Agents, func(i int) (err error) {
		rooms[i], err = k.open(ctx, t, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = parallel(maxConcurrentJoins, k.Agents, func(i int) error { return rooms[i].Prompt(ctx, "go") })
	if err != nil {
		return nil, err
	}
	s, err := k.measure(t, a.Tally, func(over <-chan struct{}) error {
		select {
		case err := <-a.failed:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-over:
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	f := s.figures(&a.Latency)
	f[report.KeptUp] = 100 * s.deliveries / s.seconds / (float64(k.Agents*k.Watchers) * k.Rate)
	return f, nil
}

// errTooManyAgents is the cause when tokensTimeout has passed.
var errTooManyAgents = errors.New("the server cannot keep up with so many agents")

// open starts an agent, shares its session, and connects the watchers.
func (k Tokens) open(ctx context.Context, t *target.ParleyTarget, a *watchers) (*target.ParleyRoom, error) {
	host, err := t.StartAgent(ctx, "stream")
	if err != nil {
		return nil, err
	}
	r, err := t.Share(ctx, host)
	if err != nil {
		return nil, err
	}
	for range k.Watchers {
		s, err := r.Join(ctx, 4<<10, 0)
		if err != nil {
			return nil, fmt.Errorf("join: %w", err)
		}
		a.add(s)
	}
	return r, nil
}
