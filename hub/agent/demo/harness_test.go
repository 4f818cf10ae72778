package demo_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub"
	"parley/hub/agent"
	"parley/hub/agent/profile"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// patience bounds every wait of a test. Only a failure reaches it.
const patience = time.Minute

// lab launches demo agents of one kind, all with the same history.
type lab struct {
	launcher *agent.Launcher
	profile  string
}

// eachKind runs a test with the agent in this process and in a child process.
func eachKind(t *testing.T, test func(*testing.T, lab)) {
	dir := t.TempDir()
	child := profile.Profile{Name: "child", Command: []string{os.Args[0]},
		Env: map[string]string{stdioVariable: dir, "GORACE": "atexit_sleep_ms=0"}}
	launcher, err := agent.NewLauncher([]profile.Profile{child}, zaptest.NewLogger(t), agent.Options{})
	require.NoError(t, err)
	t.Run("in this process", func(t *testing.T) { test(t, lab{launcher, "demo"}) })
	t.Run("over stdio", func(t *testing.T) { test(t, lab{launcher, "child"}) })
}

// running is a running demo agent with its events.
type running struct {
	hub.Agent
	t      *testing.T
	events chan rules.AgentEvent // all but AgentUpdated; sent to by the sink, never closed; large enough that the sink does not block

	mu    sync.Mutex
	facts protocol.AgentFacts // of all AgentUpdated events; guarded by mu
}

// known returns what the agent has announced about itself.
func (r *running) known() protocol.AgentFacts {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.facts
}

func (l lab) try(t *testing.T, load string) (*running, error) {
	t.Helper()
	r := &running{t: t, events: make(chan rules.AgentEvent, 20_000)}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var err error
	r.Agent, err = l.launcher.Launch(ctx, rules.LaunchSpec{
		HostSession: journal.NewHostSessionID(), Profile: l.profile, Load: load, MaxEvent: 4 << 20,
	}, func(e rules.AgentEvent) {
		if known, ok := e.(rules.AgentUpdated); ok {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.facts.Merge(known.Facts)
			return
		}
		r.events <- e
	})
	if err == nil {
		t.Cleanup(r.stop)
	}
	return r, err
}

func (l lab) launch(t *testing.T) *running {
	t.Helper()
	r, err := l.try(t, "")
	require.NoError(t, err)
	return r
}

func (r *running) stop() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(r.t, r.Stop(ctx))
}

// content is the content of an update, as far as tests check it.
type content struct {
	Type    string
	Path    string
	OldText *string
	NewText string
	Text    string
	Content *content
}

// update is a session/update, as far as tests check it.
type update struct {
	SessionUpdate     string
	ToolCallID        string
	Status            string
	Kind              string
	Content           json.RawMessage
	Entries           []struct{ Status string }
	AvailableCommands []struct{ Name, Description string }
	Used, Size        int
}

// turn has the events of one turn.
type turn struct {
	updates   []update
	raw       []string // the notifications of updates
	asked     []rules.AgentPermission
	elicited  []rules.AgentElicitation
	completed []rules.AgentElicitationCompleted
	end       rules.AgentTurnEnded
	exit      *rules.AgentExited // nil if the agent did not exit
	oversized int                // number of oversized notifications
}

// play runs a turn, and answers every permission request with an option.
func (r *running) play(prompt, option string) turn {
	r.t.Helper()
	r.Prompt(rules.AgentPrompt{Turn: prompt, Text: prompt})
	return r.follow(func(asked rules.AgentPermission) { r.Respond(asked.RequestID, option) })
}

// event returns the next event.
func (r *running) event() rules.AgentEvent {
	r.t.Helper()
	select {
	case e := <-r.events:
		return e
	case <-time.After(patience):
		r.t.Fatal("there is no event")
		return nil
	}
}

// follow reads events until the turn or the agent has ended.
func (r *running) follow(permission func(rules.AgentPermission)) turn {
	r.t.Helper()
	var got turn
	for {
		switch e := r.event().(type) {
		case rules.AgentNotification:
			got.add(r.t, e)
		case rules.AgentPermission:
			got.asked = append(got.asked, e)
			permission(e)
		case rules.AgentElicitation:
			got.elicited = append(got.elicited, e)
			r.Answer(e.Elicitation.RequestID, replyTo(e))
		case rules.AgentElicitationCompleted:
			got.completed = append(got.completed, e)
		case rules.AgentTurnEnded:
			got.end = e
			return got
		case rules.AgentExited:
			got.exit = &e
			return got
		}
	}
}

func (got *turn) add(t *testing.T, n rules.AgentNotification) {
	var m struct {
		Method string
		Params struct{ Update update }
	}
	require.NoError(t, json.Unmarshal(n.Raw, &m))
	require.Equal(t, slices.Contains([]string{"agent_message_chunk", "agent_thought_chunk", "terminal_output_chunk"}, m.Params.Update.SessionUpdate), n.Streamed)
	if m.Method == "_parley/oversized" {
		got.oversized++
		return
	}
	got.raw = append(got.raw, string(n.Raw))
	got.updates = append(got.updates, m.Params.Update)
}

// of returns the updates of a kind.
func (got turn) of(kind string) []update {
	var list []update
	for _, u := range got.updates {
		if u.SessionUpdate == kind {
			list = append(list, u)
		}
	}
	return list
}

// said joins the text of all chunks of a kind.
func (got turn) said(t *testing.T, kind string) string {
	var all strings.Builder
	for _, u := range got.of(kind) {
		var c content
		require.NoError(t, json.Unmarshal(u.Content, &c))
		all.WriteString(c.Text)
	}
	return all.String()
}

// contents returns the content of all tool call updates.
func (got turn) contents(t *testing.T) []content {
	var all []content
	for _, u := range got.of("tool_call_update") {
		var list []content
		if u.Content != nil {
			require.NoError(t, json.Unmarshal(u.Content, &list))
		}
		all = append(all, list...)
	}
	return all
}

// statuses returns the last status of each tool call.
func (got turn) statuses() map[string]string {
	last := map[string]string{}
	for _, u := range got.updates {
		if u.ToolCallID != "" {
			last[u.ToolCallID] = u.Status
		}
	}
	return last
}
