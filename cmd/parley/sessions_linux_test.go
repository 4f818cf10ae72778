package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
	"parley/protocol/client"
)

// rememberingAgent returns the command of a demo agent in a process of its own that saves
// its conversations, and the id of the newest such process.
func rememberingAgent(t *testing.T) (command string, pid func() int) {
	dir := t.TempDir()
	pids, script := filepath.Join(dir, "pids"), filepath.Join(dir, "agent.sh")
	require.NoError(t, os.WriteFile(script, fmt.Appendf(nil,
		"echo $$ >> %s\nexec parley demo-agent --pace 0s --history %s\n", pids, dir), 0o600))
	return "sh " + script, func() int {
		content, err := os.ReadFile(pids)
		require.NoError(t, err)
		all := strings.Fields(string(content))
		pid, err := strconv.Atoi(all[len(all)-1])
		require.NoError(t, err)
		return pid
	}
}

// said returns what the agent says in a turn.
func said(t *testing.T, p *e2e.Participant, prompt string) string {
	t.Helper()
	id := sendPrompt(t, p, prompt)
	awaitTurnEnd(t, p, id)
	events, _ := p.Events()
	var text strings.Builder
	running := false
	for _, e := range events {
		switch e := e.Payload.(type) {
		case *protocol.PromptDispatchStarted:
			running = e.ApprovalID == id
		case *protocol.HostSessionUpdate:
			if running {
				text.WriteString(chunkText(t, e.Notification))
			}
		case *protocol.PromptDispatchCompleted:
			running = false
		}
	}
	return text.String()
}

// chunkText returns the text of a part of the agent's answer; empty for another
// notification.
func chunkText(t *testing.T, notification json.RawMessage) string {
	t.Helper()
	var n struct {
		Params struct {
			Update struct {
				SessionUpdate string
				Content       json.RawMessage
			}
		}
	}
	require.NoError(t, json.Unmarshal(notification, &n))
	if n.Params.Update.SessionUpdate != "agent_message_chunk" {
		return ""
	}
	var block struct{ Text string }
	require.NoError(t, json.Unmarshal(n.Params.Update.Content, &block))
	return block.Text
}

// continuation returns the newest event about how the agent has continued.
func continuation(t *testing.T, p *e2e.Participant) protocol.AgentSession {
	t.Helper()
	events, _ := p.Events()
	for i := len(events) - 1; i >= 0; i-- {
		if e, ok := events[i].Payload.(*protocol.AgentSession); ok {
			return *e
		}
	}
	t.Fatal("no event says how the agent has continued")
	return protocol.AgentSession{}
}

func TestServe_agent_and_server_are_killed_and_the_agent_remembers(t *testing.T) {
	t.Parallel()
	command, pid := rememberingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine="+command)
	room := s.Share(t, s.StartAgent(t, "mine"), protocol.ModePromptDirect)
	host := e2e.Connect(t, room.HostLink(), "")
	said(t, host, "plan the first thing")

	require.NoError(t, syscall.Kill(pid(), syscall.SIGKILL))
	e2e.AwaitEvent(t, host, func(e *protocol.AgentStatusChanged) bool { return e.Status == protocol.AgentExited })
	require.Contains(t, said(t, host, "memory"), "- plan the first thing")
	require.Equal(t, protocol.AgentSession{Continued: protocol.ContinuedResumed}, continuation(t, host))

	s.Kill()
	s = s.Restart(t)
	host = e2e.Connect(t, room.HostLink(), "")
	require.Contains(t, said(t, host, "memory"), "- plan the first thing")
	require.Equal(t, protocol.AgentSession{Continued: protocol.ContinuedResumed}, continuation(t, host))

	sendPrompt(t, host, "reload") // the agent crashes
	require.Contains(t, said(t, host, "memory"), "- plan the first thing")
	require.Equal(t, protocol.AgentSession{Continued: protocol.ContinuedLoaded}, continuation(t, host))

	sendPrompt(t, host, "forget") // the agent crashes
	text := said(t, host, "memory")
	require.Contains(t, text, "with this one: 1\n")
	require.Contains(t, text, ">> plan the first thing", "the agent is told about the conversation")
	last := continuation(t, host)
	require.Equal(t, protocol.ContinuedNew, last.Continued)
	require.Contains(t, last.Reason, "no such conversation")
	require.Contains(t, text, last.Recap, "participants see what the agent was told")
	require.NotContains(t, said(t, host, "memory"), "with this one: 1\n", "it remembers its new conversation")
	s.Stop(t)
}

func TestServe_the_host_restarts_an_agent_that_hangs(t *testing.T) {
	t.Parallel()
	command, pid := rememberingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine="+command)
	room := s.Share(t, s.StartAgent(t, "mine"), protocol.ModePromptDirect)
	host := e2e.Connect(t, room.HostLink(), "")
	said(t, host, "plan the first thing")
	hangs := pid()
	stuck := sendPrompt(t, host, "hang")
	e2e.AwaitEvent(t, host, func(e *protocol.PromptDispatchStarted) bool { return e.ApprovalID == stuck })
	_, err := host.Cancel(t.Context(), stuck)
	require.NoError(t, err)
	require.NoError(t, host.RestartAgent(t.Context()))
	require.Contains(t, said(t, host, "memory"), "- plan the first thing", "the prompt waited for the next process")
	e2e.AwaitEvent(t, host, func(e *protocol.PromptDispatchFailed) bool { return e.ApprovalID == stuck })
	require.NotEqual(t, hangs, pid())
	require.Equal(t, protocol.AgentSession{Continued: protocol.ContinuedResumed}, continuation(t, host))
	s.Stop(t)
}

func TestServe_the_host_switches_to_another_agent(t *testing.T) {
	t.Parallel()
	command, _ := rememberingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine="+command)
	room := s.Share(t, s.StartAgent(t, "mine"), protocol.ModePromptDirect)
	host := e2e.Connect(t, room.HostLink(), "")
	said(t, host, "plan the first thing")

	ada := e2e.Start(t, e2e.Command{Args: []string{"join", room.HostLink().String()}, Stdin: true})
	ada.WriteLine(t, "/switch-agent")
	ada.Stdout.Await(t, `continues with one of: .*demo`)
	ada.WriteLine(t, "/switch-agent demo")
	ada.Stdout.Await(t, `demo takes the place of mine: it is sent what was asked and answered`)
	ada.WriteLine(t, "/switch-agent demo yes")
	ada.Stdout.Await(t, `\* .* continues with the agent demo instead of mine`)
	text := said(t, host, "memory")
	require.Contains(t, text, "with this one: 1\n")
	require.Contains(t, text, ">> plan the first thing")
	require.Equal(t, "mine was replaced by demo", continuation(t, host).Reason)
	ada.WriteLine(t, "/quit")
	require.Zero(t, ada.ExitCode(t), ada.Stderr)
	s.Stop(t)
}

func TestFork_goes_on_in_a_new_session_with_its_history(t *testing.T) {
	t.Parallel()
	command, _ := rememberingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine="+command)
	first := s.Share(t, s.StartAgent(t, "mine"), protocol.ModePromptDirect)
	origin := e2e.Connect(t, first.HostLink(), "")
	early := e2e.StartParley(t, "fork", first.HostLink().String())
	require.NotZero(t, early.ExitCode(t))
	require.Contains(t, early.Stderr.String(), "has not worked in this session yet")
	said(t, origin, "plan the first thing")

	forked := e2e.StartParley(t, "fork", first.HostLink().String())
	require.Zero(t, forked.ExitCode(t), forked.Stderr)
	link, err := client.ParseLink(strings.Fields(forked.Stdout.String())[3])
	require.NoError(t, err)
	host := e2e.Connect(t, link, "")
	require.Equal(t, protocol.RoleHost, host.Self().Role)
	require.Equal(t, origin.Self().UserID, host.Self().UserID)
	awaitReplay(t, host, "plan the first thing")
	awaitReplay(t, host, `"history":"repeated"`)
	require.Contains(t, said(t, host, "memory of the fork"), "- plan the first thing")
	require.NotContains(t, said(t, origin, "memory of the origin"), "of the fork")
	s.Kill()
	s = s.Restart(t)
	host = e2e.Connect(t, link, "")
	remembered := said(t, host, "memory after a restart")
	require.Contains(t, remembered, "- memory of the fork")
	require.NotContains(t, remembered, "of the origin")
	s.Stop(t)
}

func TestAdopt_shares_a_session_that_the_agent_has_with_its_history(t *testing.T) {
	t.Parallel()
	command, _ := rememberingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine="+command)
	before := s.Share(t, s.StartAgent(t, "mine"), protocol.ModePromptDirect)
	said(t, e2e.Connect(t, before.HostLink(), ""), "plan the first thing")

	list := e2e.StartParley(t, "adopt", "mine", "--server", s.URL)
	require.Zero(t, list.ExitCode(t), list.Stderr)
	id, _, _ := strings.Cut(list.Stdout.String(), " ")
	require.Contains(t, list.Stdout.String(), "plan the first thing")
	adopt := e2e.StartParley(t, "adopt", "mine", id, "--server", s.URL, "--name", "ada")
	require.Zero(t, adopt.ExitCode(t), adopt.Stderr)
	link, err := client.ParseLink(strings.Fields(adopt.Stdout.String())[3])
	require.NoError(t, err)

	host := e2e.Connect(t, link, "")
	awaitReplay(t, host, "plan the first thing")
	require.Contains(t, said(t, host, "memory"), "- plan the first thing")
	s.Kill()
	s = s.Restart(t)
	host = e2e.Connect(t, link, "")
	require.Contains(t, said(t, host, "memory"), "- plan the first thing")
	events, _ := host.Events()
	replayed := 0
	for _, e := range events {
		if u, ok := e.Payload.(*protocol.HostSessionUpdate); ok && strings.Contains(string(u.Notification), "user_message_chunk") {
			replayed++
		}
	}
	require.LessOrEqual(t, replayed, 1, "the history is replayed once")

	unknown := e2e.StartParley(t, "adopt", "mine", "demo-none", "--server", s.URL)
	require.NotZero(t, unknown.ExitCode(t))
	require.Contains(t, unknown.Stderr.String(), "no such conversation")
	s.Stop(t)
}

// Two sessions share one agent. Who forks it from one may not read what was written in the
// other, so that the fork has the history of neither.
func TestFork_does_not_show_what_was_written_in_another_session(t *testing.T) {
	t.Parallel()
	command, _ := rememberingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine="+command)
	agent := s.StartAgent(t, "mine")
	first := s.Share(t, agent, protocol.ModePromptDirect)
	said(t, e2e.Connect(t, first.HostLink(), ""), "plan the secret thing")
	second := s.Share(t, agent, protocol.ModePromptDirect)

	refused := e2e.StartParley(t, "fork", second.HostLink().String())
	require.NotZero(t, refused.ExitCode(t))
	require.Contains(t, refused.Stderr.String(), "several sessions took part")
	forked := e2e.StartParley(t, "fork", "--empty", second.HostLink().String())
	require.Zero(t, forked.ExitCode(t), forked.Stderr)
	link, err := client.ParseLink(strings.Fields(forked.Stdout.String())[3])
	require.NoError(t, err)
	host := e2e.Connect(t, link, "")
	awaitReplay(t, host, `"history":"withheld"`)
	page, err := host.History(t.Context(), protocol.History{Limit: 100})
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%s", page.Events), "secret thing")
	s.Stop(t)
}

// Two sessions have shared one agent. Who continues the agent's session in a new one may not
// read what was written in both.
func TestAdopt_does_not_show_what_was_written_in_several_sessions(t *testing.T) {
	t.Parallel()
	command, _ := rememberingAgent(t)
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine="+command)
	agent := s.StartAgent(t, "mine")
	first := s.Share(t, agent, protocol.ModePromptDirect)
	said(t, e2e.Connect(t, first.HostLink(), ""), "plan the secret thing")
	s.Share(t, agent, protocol.ModePromptDirect)

	list := e2e.StartParley(t, "adopt", "mine", "--server", s.URL)
	require.Zero(t, list.ExitCode(t), list.Stderr)
	id, _, _ := strings.Cut(list.Stdout.String(), " ")
	adopt := e2e.StartParley(t, "adopt", "mine", id, "--server", s.URL, "--name", "ada")
	require.Zero(t, adopt.ExitCode(t), adopt.Stderr)
	link, err := client.ParseLink(strings.Fields(adopt.Stdout.String())[3])
	require.NoError(t, err)
	host := e2e.Connect(t, link, "")
	awaitReplay(t, host, `"history":"withheld"`)
	page, err := host.History(t.Context(), protocol.History{Limit: 100})
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%s", page.Events), "secret thing")
	require.Contains(t, said(t, host, "memory"), "- plan the secret thing", "the agent remembers")
	s.Stop(t)
}

// awaitReplay waits until the session has an event with a text, which it may have had
// before the client connected.
func awaitReplay(t *testing.T, c *e2e.Participant, text string) {
	t.Helper()
	require.Eventually(t, func() bool {
		page, err := c.History(t.Context(), protocol.History{Limit: 100})
		require.NoError(t, err)
		return slices.ContainsFunc(page.Events, func(e json.RawMessage) bool { return strings.Contains(string(e), text) })
	}, time.Minute, 50*time.Millisecond)
}
