package agent_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"parley/hub"
	"parley/hub/agent"
	"parley/hub/agent/profile"
	"parley/hub/journal"
	"parley/hub/rules"
)

// patience bounds every wait of a test. Only a failure reaches it.
const patience = time.Minute

// running is a running agent with its events.
type running struct {
	hub.Agent
	t      testing.TB
	host   journal.SessionID
	events chan rules.AgentEvent // all but AgentUpdated and AgentReachable; sent to by the sink, never closed; large enough that the sink does not block
}

// setup is what a test can change before it launches an agent.
type setup struct {
	profile profile.Profile
	options agent.Options
	spec    rules.LaunchSpec
	sink    func(rules.AgentEvent) // called before the event is queued; may be nil
	log     *zap.Logger            // nil for the test's logger
}

// fake returns a setup for the fake agent with a behaviour.
func fake(how string) setup {
	return setup{
		profile: profile.Profile{Name: "fake", Command: []string{os.Args[0]}, Env: map[string]string{
			fakeVariable: how,
			"GORACE":     "atexit_sleep_ms=0", // without it, the child takes a second to exit
		}},
		options: agent.Options{StopGrace: 5 * time.Second},
		spec:    rules.LaunchSpec{HostSession: journal.NewHostSessionID(), Profile: "fake", MaxEvent: 4 << 20},
	}
}

// try launches the agent, and stops it when the test ends.
func (s setup) try(t testing.TB) (*running, error) {
	t.Helper()
	log := s.log
	if log == nil {
		log = zaptest.NewLogger(t)
	}
	launcher, err := agent.NewLauncher([]profile.Profile{s.profile}, log, s.options)
	require.NoError(t, err)
	r := &running{t: t, host: s.spec.HostSession, events: make(chan rules.AgentEvent, 200_000)}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r.Agent, err = launcher.Launch(ctx, s.spec, func(e rules.AgentEvent) {
		if s.sink != nil {
			s.sink(e)
		}
		switch e.(type) {
		case rules.AgentUpdated, rules.AgentReachable:
		default:
			r.events <- e
		}
	})
	if err == nil {
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			require.NoError(t, r.Stop(ctx))
		})
	}
	return r, err
}

func (s setup) launch(t testing.TB) *running {
	t.Helper()
	r, err := s.try(t)
	require.NoError(t, err)
	return r
}

func (r *running) prompt(text string) {
	r.Prompt(rules.AgentPrompt{Turn: "turn " + text, Text: text})
}

func (r *running) stop() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	require.NoError(r.t, r.Stop(ctx))
}

// next returns the next event.
func (r *running) next() rules.AgentEvent {
	r.t.Helper()
	select {
	case e := <-r.events:
		return e
	case <-time.After(patience):
		r.t.Fatal("there is no event")
		return nil
	}
}

// await returns the next event of a type and the notifications before it, in order. It
// fails on events that need a reaction.
func await[T rules.AgentEvent](r *running) (T, []string) {
	r.t.Helper()
	var before []string
	for {
		switch e := r.next().(type) {
		case T:
			return e, before
		case rules.AgentNotification:
			before = append(before, string(e.Raw))
		case rules.AgentStrayOutput, rules.AgentProgress: // on a busy machine, the start takes long
		default:
			r.t.Fatalf("unexpected %T: %+v", e, e)
		}
	}
}

// turn runs a turn, and returns its notifications and its end.
func (r *running) turn(text string) ([]string, rules.AgentTurnEnded) {
	r.t.Helper()
	r.prompt(text)
	end, said := await[rules.AgentTurnEnded](r)
	require.Equal(r.t, "turn "+text, end.Turn)
	return said, end
}

// note returns the notification that the fake writes for note(text), as clients receive
// it.
func (r *running) note(text string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":%q,"update":{"sessionUpdate":"note","text":%q}}}`,
		r.host, text)
}

// eventually waits until ok returns true.
func eventually(t testing.TB, ok func() bool, what string) {
	t.Helper()
	require.Eventually(t, ok, patience, 5*time.Millisecond, what)
}

func decode(t testing.TB, raw string, into any) {
	t.Helper()
	require.NoError(t, json.NewDecoder(strings.NewReader(raw)).Decode(into), raw)
}
