package realagents

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/hubtest/fakemodel"
	"parley/protocol"
)

// room is a shared session with a real agent, and its host.
type room struct {
	owner   *testing.T // ends what the room has started
	agent   realAgent
	home    string // of the agent
	cwd     string
	library string // an additional directory
	market  string // the URL of an MCP server
	records string // of record
	model   *fakemodel.Server
	key     string // of the model
	server  *e2e.Server
	session e2e.Session
	host    *e2e.Participant
}

// open starts a model, a server and an agent whose program is in bin, and shares the agent.
// The key is the agent's for the model. The server knows further agents, too.
func open(t *testing.T, bin, key string, a realAgent, more ...realAgent) *room {
	t.Helper()
	r := prepare(t, a, key)
	config := r.writeConfig(t, bin, append(more, a))
	r.server = e2e.ServerConfig{Data: t.TempDir(), Flags: append([]string{"--config", config}, a.flags...)}.Start(t)
	r.session = r.server.Share(t, r.server.StartAgent(t, a.name), protocol.ModePromptDirect)
	r.host = e2e.Connect(t, r.session.HostLink(), "")
	return r
}

// prepare starts a model, and makes the directories of an agent.
func prepare(t *testing.T, a realAgent, key string) *room {
	t.Helper()
	dir := t.TempDir()
	r := &room{owner: t, agent: a, home: filepath.Join(dir, "home"), cwd: filepath.Join(dir, "project"), library: filepath.Join(dir, "library"), market: startMarket(t), records: filepath.Join(dir, "records"), model: fakemodel.Start(t), key: key}
	for _, d := range []string{r.home, r.cwd, r.library, r.records} {
		require.NoError(t, os.Mkdir(d, 0o700))
	}
	return r
}

// writeConfig writes the server's configuration, with the profiles of the agents, and
// returns its path.
func (r *room) writeConfig(t *testing.T, bin string, agents []realAgent) string {
	t.Helper()
	var profiles []object
	for _, a := range agents {
		command, environment := r.launch(t, a, bin)
		profiles = append(profiles, object{
			"name": a.name, "dir": r.cwd, "command": command, "env": environment,
			"additional-directories": []string{r.library},
			"mcp-servers": []object{
				{"name": "scale", "command": []string{"scale"}},
				{"name": "market", "url": r.market, "headers": object{marketHeader: marketKey}},
			},
		})
	}
	content, err := json.Marshal(object{"installed-agents": false, "agents": profiles}) // JSON is YAML
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "parley.yaml")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// launch sets an agent up, and returns the command that starts and records it, and its
// environment.
func (r *room) launch(t *testing.T, a realAgent, bin string) (command []string, environment map[string]string) {
	t.Helper()
	s := setup{r.home, r.model.URL, r.key, t}
	l := a.setUp(s)
	maps.Copy(l.environment, s.isolation())
	l.environment["PATH"] = bin + string(os.PathListSeparator) + os.Getenv("PATH") // bin has a newer Node.js
	return append([]string{"record", r.records, filepath.Join(bin, a.program)}, l.arguments...), l.environment
}

// beforeLoad prepares the agent's files for a restart.
func (r *room) beforeLoad(t *testing.T) {
	t.Helper()
	if r.agent.beforeLoad != nil {
		r.agent.beforeLoad(t, r.home)
	}
}

// prompt sends a prompt and returns the id of its approval.
func (r *room) prompt(t *testing.T, lines ...string) string {
	t.Helper()
	a, err := r.host.Prompt(t.Context(), strings.Join(lines, "\n"))
	require.NoError(t, err)
	return a.ID
}

// turn sends a prompt, waits for the end of its turn, and returns what the agent said.
func (r *room) turn(t *testing.T, lines ...string) string {
	t.Helper()
	id := r.prompt(t, lines...)
	r.awaitTurn(t, id)
	return r.said(t, id)
}

// awaitTurn waits until the turn of a prompt has completed.
func (r *room) awaitTurn(t *testing.T, id string) {
	t.Helper()
	r.awaitEnd(t, id)
	for _, e := range r.events() {
		if failed, ok := e.Payload.(*protocol.PromptDispatchFailed); ok && failed.ApprovalID == id {
			t.Fatalf("the prompt failed: %s %s", failed.Code, failed.Error)
		}
	}
}

// awaitEnd waits until the turn of a prompt has ended somehow.
func (r *room) awaitEnd(t *testing.T, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), e2e.Timeout)
	defer cancel()
	r.host.AwaitTurnEnd(ctx, id)
	require.NoError(t, ctx.Err(), "the turn does not end")
}

func (r *room) events() []*protocol.Event {
	events, _ := r.host.Events()
	return events
}

// said returns the text that the agent has said since a prompt.
func (r *room) said(t *testing.T, id string) string {
	t.Helper()
	events := r.events()
	begin := slices.IndexFunc(events, func(e *protocol.Event) bool {
		started, ok := e.Payload.(*protocol.PromptDispatchStarted)
		return ok && started.ApprovalID == id
	})
	require.GreaterOrEqual(t, begin, 0)
	var text strings.Builder
	for _, e := range events[begin:] {
		var n struct {
			Params struct {
				Update struct {
					SessionUpdate string
					Content       json.RawMessage
				}
			}
		}
		u, ok := e.Payload.(*protocol.HostSessionUpdate)
		if !ok || json.Unmarshal(u.Notification, &n) != nil || n.Params.Update.SessionUpdate != "agent_message_chunk" {
			continue
		}
		var content struct{ Text string }
		require.NoError(t, json.Unmarshal(n.Params.Update.Content, &content))
		text.WriteString(content.Text)
	}
	return text.String()
}

// option returns the agent's newest options.
func (r *room) options() []protocol.ConfigOption {
	options := r.host.Welcome.Agent.ConfigOptions
	for _, e := range r.events() {
		if u, ok := e.Payload.(*protocol.AgentUpdated); ok && u.ConfigOptions != nil {
			options = u.ConfigOptions
		}
	}
	return options
}

// set sets the option of a category, and waits until the agent has done so.
func (r *room) set(t *testing.T, category, value string) {
	t.Helper()
	i := slices.IndexFunc(r.options(), func(o protocol.ConfigOption) bool { return o.Category == category })
	require.GreaterOrEqual(t, i, 0, "the agent has no option of the category %s", category)
	id := r.options()[i].ID
	from := len(r.events())
	require.NoError(t, r.host.Configure(t.Context(), id, value))
	e2e.AwaitEvent(t, r.host, func(p *protocol.AgentConfiguring) bool { return p.OptionID == id })
	require.Eventually(t, func() bool {
		for _, e := range r.events()[from:] {
			switch p := e.Payload.(type) {
			case *protocol.AgentConfigured:
				return p.OptionID == id
			case *protocol.AgentConfigureFailed:
				t.Fatalf("the agent does not set %s: %s", id, p.Reason)
			}
		}
		return false
	}, e2e.Timeout, pollInterval)
	i = slices.IndexFunc(r.options(), func(o protocol.ConfigOption) bool { return o.ID == id })
	require.JSONEq(t, `"`+value+`"`, string(r.options()[i].CurrentValue))
}

// question waits for the next question of the agent after an event.
func (r *room) question(t *testing.T, id string) *protocol.PermissionRequested {
	t.Helper()
	_, begun := e2e.AwaitEvent(t, r.host, func(e *protocol.PromptDispatchStarted) bool { return e.ApprovalID == id })
	var asked *protocol.PermissionRequested
	require.Eventually(t, func() bool {
		for _, e := range r.events() {
			if p, ok := e.Payload.(*protocol.PermissionRequested); ok && e.Cursor.Seq > begun.Cursor.Seq {
				asked = p
				return true
			}
		}
		return false
	}, e2e.Timeout, pollInterval, "the agent does not ask")
	return asked
}

// answer answers a question with the first option of a kind.
func (r *room) answer(t *testing.T, p *protocol.PermissionRequested, kind string) {
	t.Helper()
	var options []struct{ OptionID, Kind string }
	require.NoError(t, json.Unmarshal(p.Options, &options))
	for _, o := range options {
		if o.Kind == kind {
			require.NoError(t, r.host.AnswerPermission(t.Context(), p.RequestID, o.OptionID))
			return
		}
	}
	t.Fatalf("the agent offers no %s: %s", kind, p.Options)
}

// request returns the first request of a turn in which the last message of the user has a
// text. Requests without tools are not about a turn; agents send them to find a title.
func (r *room) request(t *testing.T, text string) fakemodel.Request {
	t.Helper()
	for _, q := range r.model.Requests() {
		if len(q.Tools) == 0 {
			continue
		}
		if m := q.Last(fakemodel.User); strings.Contains(m.Text, text) {
			return q
		}
	}
	t.Fatalf("the model was not sent %q", text)
	panic("unreachable")
}

// logIfFailed logs what the agent and the model have written, if the test has failed.
func (r *room) logIfFailed(t *testing.T) {
	if !t.Failed() {
		return
	}
	for _, dir := range recordings(t, r.records) {
		for _, name := range []string{inputFile, outputFile, errorFile} {
			for line := range strings.Lines(readFile(t, dir, name)) {
				t.Logf("%s/%s: %.1000s", filepath.Base(dir), name, line)
			}
		}
	}
	for _, q := range r.model.Requests() {
		t.Logf("%s: model %s, tools %s", q.Interface, q.Model, q.Tools)
		for _, m := range q.Messages {
			t.Logf("  %s: %.300q %s", m.Role, m.Text, m.Calls)
		}
	}
}
