package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/cmd/parley/internal/server"
	"parley/protocol"
	"parley/protocol/client"
)

// sharedAgent is a running "parley share" with a counting agent.
type sharedAgent struct {
	*e2e.Process
	dir    string // in which the agent works
	store  string // XDG_DATA_HOME of the command
	log    string // of the agent
	server string
	flags  []string // further ones of the command
	env    []string // in addition to that of the test
	own    client.Link
	invite client.Link
}

// startShare shares a counting agent through a server; an empty one means a server of its
// own.
func startShare(t *testing.T, server string) *sharedAgent {
	t.Helper()
	return shareWith(t, &sharedAgent{server: server})
}

// shareWith shares a counting agent with the server, flags and environment of s.
func shareWith(t *testing.T, s *sharedAgent) *sharedAgent {
	t.Helper()
	s.dir, s.store = t.TempDir(), t.TempDir()
	out, err := exec.Command("git", "-C", s.dir, "init", "-q").CombinedOutput()
	require.NoError(t, err, "%s", out)
	s.log = filepath.Join(t.TempDir(), "log")
	s.start(t, "--", "counting-agent", s.log)
	return s
}

// start starts the command and reads the links that it prints.
func (s *sharedAgent) start(t *testing.T, args ...string) {
	t.Helper()
	flags := append([]string{"share", "--no-terminal", "--name", "Ada"}, s.flags...)
	if s.server != "" {
		flags = append(flags, "--server", s.server)
	}
	s.Process = e2e.Start(t, e2e.Command{Args: append(flags, args...), Dir: s.dir, Env: append([]string{"XDG_DATA_HOME=" + s.store}, s.env...)})
	s.own = s.link(t, `(http\S+#p=\S+)`)
	s.invite = s.link(t, `(http\S+#i=\S+)`)
}

func (s *sharedAgent) link(t *testing.T, pattern string) client.Link {
	t.Helper()
	l, err := client.ParseLink(s.Stdout.Await(t, pattern)[1])
	require.NoError(t, err)
	return l
}

// at returns a link at another address of the server.
func at(l client.Link, api e2e.API) client.Link {
	l.Server = api.URL
	return l
}

// received returns what the agent has received, without process ids.
func (s *sharedAgent) received(t *testing.T) (lines []string) {
	t.Helper()
	content, err := os.ReadFile(s.log)
	require.NoError(t, err)
	for line := range strings.Lines(string(content)) {
		_, what, _ := strings.Cut(strings.TrimSpace(line), " ")
		lines = append(lines, what)
	}
	return lines
}

// agentPID returns the process id of the newest agent.
func (s *sharedAgent) agentPID(t *testing.T) int {
	t.Helper()
	content, err := os.ReadFile(s.log)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	pid, _, _ := strings.Cut(lines[len(lines)-1], " ")
	number, err := strconv.Atoi(pid)
	require.NoError(t, err)
	return number
}

// counted returns the numbers that the agent's updates contain, in the order of the events.
func counted(t *testing.T, events []*protocol.Event) string {
	t.Helper()
	var all strings.Builder
	for _, e := range events {
		update, ok := e.Payload.(*protocol.HostSessionUpdate)
		if !ok {
			continue
		}
		var n struct {
			Params struct {
				Update struct {
					SessionUpdate string
					Content       struct{ Text string }
				}
			}
		}
		if json.Unmarshal(update.Notification, &n) == nil && n.Params.Update.SessionUpdate == "agent_message_chunk" {
			all.WriteString(n.Params.Update.Content.Text)
		}
	}
	return all.String()
}

// numbers returns what [counted] returns for a complete turn.
func numbers(n int) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(strconv.Itoa(i+1) + ";")
	}
	return all.String()
}

// prompt sends a prompt of the host, who needs no approval.
func prompt(t *testing.T, p *e2e.Participant, text string) protocol.Approval {
	t.Helper()
	a, err := p.Prompt(t.Context(), text)
	require.NoError(t, err)
	return a
}

// awaitEnd waits for the end of a turn, and returns its failure.
func awaitEnd(t *testing.T, p *e2e.Participant, approval string) string {
	t.Helper()
	failure := ""
	e2e.AwaitEvent(t, p, func(end protocol.Payload) bool {
		switch end := end.(type) {
		case *protocol.PromptDispatchCompleted:
			return end.ApprovalID == approval
		case *protocol.PromptDispatchFailed:
			if end.ApprovalID == approval {
				failure = end.Error
			}
			return end.ApprovalID == approval
		}
		return false
	})
	return failure
}

// awaitDetached waits until people see whether the agent's machine has a connection.
func awaitDetached(t *testing.T, p *e2e.Participant, detached bool) {
	t.Helper()
	e2e.AwaitEvent(t, p, func(u *protocol.AgentUpdated) bool {
		return u.Connector != nil && (u.Connector.DetachedSince != nil) == detached
	})
}

// awaitChanges waits until people have seen how often the agent's machine has lost or found
// its connection.
func awaitChanges(t *testing.T, p *e2e.Participant, n int) {
	t.Helper()
	seen := 0
	e2e.AwaitEvent(t, p, func(u *protocol.AgentUpdated) bool {
		if u.Connector != nil {
			seen++
		}
		return seen == n
	})
}

// allowOnce answers the next question.
func allowOnce(t *testing.T, p *e2e.Participant) {
	t.Helper()
	asked, _ := e2e.AwaitEvent(t, p, func(*protocol.PermissionRequested) bool { return true })
	require.NoError(t, p.AnswerPermission(t.Context(), asked.Permission.RequestID, "yes"))
}

// A second room on the agent sees the same updates as the first.
func secondRoom(t *testing.T, api e2e.API, s *sharedAgent, first *e2e.Participant) *e2e.Participant {
	t.Helper()
	answer := e2e.MustCall[protocol.CreateAnswer](t, api, e2e.Request{
		Method: http.MethodPost, Path: "/api/shared-sessions",
		Body: protocol.CreateSharedSession{HostSessionID: first.Welcome.Session.HostSessionID, HostUserID: "eve"},
	})
	link := client.Link{Server: api.URL, Session: answer.Session.ID, ParticipantID: answer.HostParticipant.ID, Token: *answer.HostParticipant.AccessToken}
	return e2e.Connect(t, link, "eve")
}

func TestShare_through_a_broken_network_loses_nothing_and_repeats_nothing(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	network := e2e.NewNetwork(t, server)
	s := startShare(t, network.URL)
	host := e2e.Connect(t, at(s.own, server.API), "Ada")
	other := secondRoom(t, server.API, s, host)

	const n = 400
	a := prompt(t, host, "count 400 slowly ask")
	for _, fault := range []e2e.Faults{
		both(&toxics.ResetToxic{Timeout: 1}), both(&toxics.LatencyToxic{Latency: 30, Jitter: 30}),
		both(new(e2e.Blackhole)), {Down: new(e2e.Blackhole)}, both(&toxics.ResetToxic{Timeout: 20}),
	} {
		network.SetFaults(fault)
		time.Sleep(150 * time.Millisecond) // how long the fault lasts
		network.ClearFaults()
	}
	allowOnce(t, host)
	require.Empty(t, awaitEnd(t, host, a.ID))
	for name, room := range map[string]*e2e.Participant{"the room of the turn": host, "the other room": other} {
		e2e.AwaitEvent(t, room, func(u *protocol.HostSessionUpdate) bool {
			return strings.Contains(string(u.Notification), `"400;"`)
		})
		events, _ := room.Events()
		require.Equal(t, numbers(n), counted(t, events), name)
	}
	require.Equal(t, []string{"initialize", "session/new", "session/prompt count 400 slowly ask", "answer yes"}, s.received(t))
	server.Stop(t)
}

func TestShare_carries_a_backlog_and_people_see_that_the_machine_is_away(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	network := e2e.NewNetwork(t, server)
	s := startShare(t, network.URL)
	host := e2e.Connect(t, at(s.own, server.API), "Ada")
	first := prompt(t, host, "count 10000")
	e2e.AwaitEvent(t, host, func(*protocol.HostSessionUpdate) bool { return true })
	s.Signal(t, syscall.SIGSTOP)
	network.SetFaults(both(&toxics.ResetToxic{Timeout: 1}))
	awaitDetached(t, host, true)
	waiting := prompt(t, host, "count 3")
	s.Signal(t, syscall.SIGCONT)
	network.ClearFaults()
	require.Empty(t, awaitEnd(t, host, first.ID))
	require.Empty(t, awaitEnd(t, host, waiting.ID), "a prompt of meanwhile has waited")
	events, _ := host.Events()
	require.Equal(t, numbers(10_000)+numbers(3), counted(t, events))
}

func TestShare_a_question_that_is_answered_while_the_machine_is_away(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	network := e2e.NewNetwork(t, server)
	s := startShare(t, network.URL)
	host := e2e.Connect(t, at(s.own, server.API), "Ada")
	a := prompt(t, host, "count 10 ask")
	e2e.AwaitEvent(t, host, func(*protocol.PermissionRequested) bool { return true })
	s.Signal(t, syscall.SIGSTOP)
	network.SetFaults(both(&toxics.ResetToxic{Timeout: 1}))
	awaitDetached(t, host, true)
	allowOnce(t, host)
	s.Signal(t, syscall.SIGCONT)
	network.ClearFaults()
	require.Empty(t, awaitEnd(t, host, a.ID))
	require.Equal(t, "answer yes", s.received(t)[3])
}

func TestShare_killed_takes_its_agent_with_it_and_is_resumed(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	s := startShare(t, server.URL)
	host := e2e.Connect(t, s.own, "Ada")
	a := prompt(t, host, "count 1000000 slowly")
	e2e.AwaitEvent(t, host, func(*protocol.HostSessionUpdate) bool { return true })
	pid := s.agentPID(t)
	s.Kill()
	require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, e2e.Timeout, 10*time.Millisecond, "the agent is an orphan")
	awaitDetached(t, host, true)
	s.start(t, "--resume")
	require.Equal(t, host.Welcome.Session.ID, s.own.Session)
	require.Contains(t, awaitEnd(t, host, a.ID), "the agent ended")
	again := prompt(t, host, "count 5")
	require.Empty(t, awaitEnd(t, host, again.ID))
	require.Contains(t, s.received(t), "session/resume")
}

func TestShare_a_newer_one_takes_over_and_ends_the_older_one(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	s := startShare(t, server.URL)
	host := e2e.Connect(t, s.own, "Ada")
	refused := e2e.Start(t, e2e.Command{
		Args: []string{"share", "--resume", "--no-terminal", "--name", "Ada"}, Dir: s.dir, Env: []string{"XDG_DATA_HOME=" + s.store},
	})
	require.Equal(t, 1, refused.ExitCode(t))
	require.Contains(t, refused.Stderr.String(), "still shared by another parley share")

	pid := s.agentPID(t)
	newer := *s
	newer.store = e2e.CopyData(t, s.store) // as on another machine
	newer.start(t, "--resume")
	require.Equal(t, 1, s.ExitCode(t))
	require.Contains(t, s.Stderr.String(), "a newer connector has taken over")
	require.Error(t, syscall.Kill(pid, 0), "the agent of the older one still runs")
	a := prompt(t, host, "count 5")
	require.Empty(t, awaitEnd(t, host, a.ID))
}

func TestShare_shows_the_changes_of_the_directory_on_the_other_machine(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	network := e2e.NewNetwork(t, server)
	s := startShare(t, network.URL)
	host := e2e.Connect(t, at(s.own, server.API), "Ada")
	changed := func() protocol.ChangesAnswer {
		answer, err := host.Changes(t.Context(), protocol.ChangesQuery{Scope: protocol.ChangesAll})
		require.NoError(t, err)
		return answer
	}
	require.Eventually(t, func() bool { return changed().Reason == "" }, e2e.Timeout, 20*time.Millisecond)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "basket.go"), []byte("package basket\n"), 0o600))
	require.Eventually(t, func() bool { return len(changed().Files) == 1 }, e2e.Timeout, 20*time.Millisecond)
	require.Equal(t, "basket.go", changed().Files[0].Path)
	files, err := host.Files(t.Context(), "bask")
	require.NoError(t, err)
	require.Len(t, files.Files, 1)

	s.Signal(t, syscall.SIGSTOP)
	network.SetFaults(both(&toxics.ResetToxic{Timeout: 1}))
	awaitDetached(t, host, true)
	require.Contains(t, changed().Reason, "no connection")
	s.Signal(t, syscall.SIGCONT)
}

func TestShare_a_machine_that_sleeps_for_longer_than_every_time_out(t *testing.T) {
	t.Parallel()
	const heartbeat = 200 * time.Millisecond
	own, err := server.Start(t.Context(), server.Config{
		Listen: "127.0.0.1:0", LogLevel: "error", LogFormat: "console", Data: t.TempDir(), ConnectorHeartbeat: heartbeat,
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, own.Stop()) }()
	s := startShare(t, own.URL())
	host := e2e.Connect(t, s.own, "Ada")
	a := prompt(t, host, "count 1000 slowly ask")
	e2e.AwaitEvent(t, host, func(*protocol.HostSessionUpdate) bool { return true })
	for slept := range 3 {
		s.Signal(t, syscall.SIGSTOP)
		awaitChanges(t, host, 2*slept+1) // the connection has ended
		time.Sleep(4 * heartbeat)        // the machine sleeps
		s.Signal(t, syscall.SIGCONT)
		awaitChanges(t, host, 2*slept+2)
	}
	allowOnce(t, host)
	require.Empty(t, awaitEnd(t, host, a.ID))
	events, _ := host.Events()
	require.Equal(t, numbers(1000), counted(t, events))
	require.Equal(t, []string{"initialize", "session/new", "session/prompt count 1000 slowly ask", "answer yes"}, s.received(t))
}

func TestShare_resumed_after_the_session_was_closed_shares_a_new_one(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	s := startShare(t, server.URL)
	host := e2e.Connect(t, s.own, "Ada")
	require.Empty(t, awaitEnd(t, host, prompt(t, host, "count 2").ID))
	require.NoError(t, host.CloseSession(t.Context()))
	s.Signal(t, syscall.SIGTERM)
	require.Zero(t, s.ExitCode(t), s.Stderr)
	s.start(t, "--resume")
	require.NotEqual(t, host.Welcome.Session.ID, s.own.Session)
	again := e2e.Connect(t, s.own, "Ada")
	require.Empty(t, awaitEnd(t, again, prompt(t, again, "count 3").ID))
	require.Contains(t, s.received(t), "session/resume", "the agent continues its own session")
}

// While the connection is broken and 16 MiB wait, the agent's output is no longer read.
func TestShare_an_agent_that_writes_more_than_is_kept_waits_and_loses_nothing(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	network := e2e.NewNetwork(t, server)
	s := startShare(t, network.URL)
	host := e2e.Connect(t, at(s.own, server.API), "Ada")
	network.SetFaults(both(&toxics.ResetToxic{Timeout: 1}))
	awaitDetached(t, host, true)
	network.ClearFaults()
	a := prompt(t, host, "count 400 wide")
	e2e.AwaitEvent(t, host, func(*protocol.HostSessionUpdate) bool { return true })
	network.SetFaults(both(&toxics.ResetToxic{Timeout: 1}))
	time.Sleep(time.Second) // the agent would write everything meanwhile
	network.ClearFaults()
	require.Empty(t, awaitEnd(t, host, a.ID))
	events, _ := host.Events()
	require.Equal(t, numbers(400), counted(t, events))
}
