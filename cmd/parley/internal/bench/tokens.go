package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"parley/protocol"
)

// Tokens is agents that stream, each to a few who watch. The agents are child
// processes of the server, for which the bench speaks.
type Tokens struct {
	Timing
	Agents   int
	Rate     float64 // chunks a second, of each
	Watchers int     // of each
}

// Scenario returns what there is to run.
func (k Tokens) Scenario() Scenario {
	return Scenario{
		Kind:     "tokens",
		Settings: []Setting{{"agents", k.Agents}, {"rate", k.Rate}, {"watchers", k.Watchers}},
		Files:    k.Agents * (k.Watchers + 3), // three pipes to each, or two and a socket
		Goals: []Goal{
			{Figure: keptUp, AtLeast: 99, Absolute: true},
			{Figure: p99, AtMost: 1e6, Absolute: true},
		},
		run: func(ctx context.Context, l Lab, _ Server, _ string) (Figures, error) {
			if l.Remote() {
				return nil, fmt.Errorf("tokens: the server has to start the bench's agents: %w", errNotOurs)
			}
			a := &audience{tally: newTally(), failed: make(chan error, 1)}
			s, err := newStreamers(k.Rate, a.now)
			if err != nil {
				return nil, err
			}
			defer s.close()
			t, err := l.parley(ctx, "--agent", fmt.Sprintf("stream='%s' bench streamer --bench '%s' --core %d", l.Program, s.path(), l.Pins.Load()))
			if err != nil {
				return nil, err
			}
			defer t.kill() // an orderly stop would be about thousands of events that wait
			return k.run(ctx, t, a)
		},
	}
}

// tokensPatience is how long all agents may take to start and to begin: a
// server that cannot keep up with them would be busy for ever.
const tokensPatience = 2 * time.Minute

func (k Tokens) run(ctx context.Context, t *parleyTarget, a *audience) (Figures, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, tokensPatience+2*k.Duration, errTooManyAgents)
	defer cancel()
	defer a.leave()
	rooms := make([]*parleyRoom, k.Agents)
	err := parallel(8, k.Agents, func(i int) (err error) {
		rooms[i], err = k.open(ctx, t, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = parallel(joinersAtOnce, k.Agents, func(i int) error { return rooms[i].prompt(ctx, "go") })
	if err != nil {
		return nil, err
	}
	s, err := k.measure(t, a.tally, func(over <-chan struct{}) error {
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
	f := s.figures(&a.latency)
	f[keptUp] = 100 * s.deliveries / s.seconds / (float64(k.Agents*k.Watchers) * k.Rate)
	return f, nil
}

var errTooManyAgents = errors.New("the server cannot keep up with so many agents")

// open starts an agent, shares its session, and brings in who watches.
func (k Tokens) open(ctx context.Context, t *parleyTarget, a *audience) (*parleyRoom, error) {
	host, err := t.startAgent(ctx, "stream")
	if err != nil {
		return nil, err
	}
	r, err := t.share(ctx, host)
	if err != nil {
		return nil, err
	}
	for range k.Watchers {
		s, err := r.join(ctx, 4<<10, 0)
		if err != nil {
			return nil, fmt.Errorf("join: %w", err)
		}
		a.add(s)
	}
	return r, nil
}

// prompt lets the agent begin, as the host.
func (r *parleyRoom) prompt(ctx context.Context, text string) error {
	body := object{"participantId": r.host.ID, "participantToken": *r.host.AccessToken, "prompt": text}
	var answer protocol.PromptAnswer
	return r.target.post(ctx, r.path("/prompts"), body, &answer)
}

// audience watches agents.
type audience struct {
	*tally
	failed   chan error // the first failure; later ones are dropped
	watching sync.WaitGroup

	mu      sync.Mutex
	leaving bool      // guarded by mu
	sockets []*socket // guarded by mu
}

func (a *audience) add(s *socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sockets = append(a.sockets, s)
	a.watching.Go(func() { // leave ends it and waits
		if err := a.watch(s); !a.left() {
			select {
			case a.failed <- fmt.Errorf("a watcher's connection ended: %w", err):
			default:
			}
		}
	})
}

func (a *audience) left() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.leaving
}

// watch counts chunks until the connection ends. One that is missing or comes
// twice is an error.
func (a *audience) watch(s *socket) error {
	var seen uint64
	for {
		message, err := s.message()
		if err != nil {
			return err
		}
		for {
			i := bytes.IndexByte(message, mark)
			if i < 0 {
				break
			}
			message = message[i:]
			seq, _ := lastMark(message[:min(len(message), 24)])
			if seen++; seq != seen {
				return fmt.Errorf("chunk %d came as number %d", seq, seen)
			}
			a.arrive(message)
			message = message[1:]
		}
	}
}

// arrive notes a chunk, which begins with its mark and the time when it was due.
func (a *audience) arrive(chunk []byte) {
	a.delivered.Add(1)
	a.complete.Add(1)
	if !a.measuring.Load() {
		return
	}
	_, after, _ := bytes.Cut(chunk, []byte{';'})
	written, _, _ := bytes.Cut(after, []byte{';'})
	if at, err := strconv.ParseInt(string(written), 10, 64); err == nil {
		a.latency.add(a.now() - at)
	}
}

func (a *audience) leave() {
	a.mu.Lock()
	a.leaving = true
	for _, s := range a.sockets {
		_ = s.Close()
	}
	a.mu.Unlock()
	a.watching.Wait()
}
