package main

import (
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// countedTurn is a turn of a counting agent that two rooms see.
type countedTurn struct {
	t      *testing.T
	server *e2e.Server
	agent  *sharedAgent
	rooms  [2]*e2e.Participant
	id     string // of the approval
	prompt string
}

// startCounted shares a counting agent in two rooms, and sends a prompt in the first.
func startCounted(t *testing.T, prompted string) *countedTurn {
	t.Helper()
	server := e2e.StartServer(t, t.TempDir())
	s := startShare(t, server.URL)
	host := e2e.Connect(t, s.own, "Ada")
	c := &countedTurn{t: t, server: server, agent: s, prompt: prompted,
		rooms: [2]*e2e.Participant{host, secondRoom(t, server.API, s, host)}}
	c.id = prompt(t, host, prompted).ID
	return c
}

// awaitNumber waits until every room has received a number.
func (c *countedTurn) awaitNumber(n string) {
	c.t.Helper()
	for _, room := range c.rooms {
		e2e.AwaitEvent(c.t, room, func(u *protocol.HostSessionUpdate) bool { return strings.Contains(string(u.Notification), `"`+n+`;"`) })
	}
}

// requireOnce requires that the turn has ended as if the server had never been away.
func (c *countedTurn) requireOnce(n int, received ...string) {
	c.t.Helper()
	require.Empty(c.t, awaitEnd(c.t, c.rooms[0], c.id))
	c.awaitNumber(strconv.Itoa(n))
	for i, room := range c.rooms {
		events, _ := room.Events()
		require.Equal(c.t, numbers(n), counted(c.t, events), "room %d", i)
	}
	events, _ := c.rooms[0].Events()
	ends := 0
	for _, e := range events {
		switch e.Payload.(type) {
		case *protocol.PromptDispatchCompleted, *protocol.PromptDispatchFailed:
			ends++
		case *protocol.PermissionWithdrawn:
			c.t.Error("a question was withdrawn")
		}
	}
	require.Equal(c.t, 1, ends)
	require.Equal(c.t, append([]string{"initialize", "session/new", "session/prompt " + c.prompt}, received...), c.agent.received(c.t))
}

func TestShare_a_turn_goes_on_through_a_server_that_is_killed(t *testing.T) {
	t.Parallel()
	c := startCounted(t, "count 1500 slowly")
	for _, n := range []string{"100", "300", "500"} {
		c.awaitNumber(n)
		c.server.Kill()
		c.server = c.server.Restart(t)
	}
	c.requireOnce(1500)
	c.server.Stop(t)
}

func TestShare_a_turn_goes_on_through_a_server_that_is_stopped(t *testing.T) {
	t.Parallel()
	c := startCounted(t, "count 1000 slowly")
	c.awaitNumber("50")
	c.server.Stop(t)
	time.Sleep(time.Second) // the agent works meanwhile
	c.server = c.server.Restart(t)
	c.requireOnce(1000)
	again := prompt(t, c.rooms[0], "count 5")
	require.Empty(t, awaitEnd(t, c.rooms[0], again.ID), "the agent takes the next prompt")
}

func TestShare_a_question_waits_while_the_server_is_restarted(t *testing.T) {
	t.Parallel()
	c := startCounted(t, "count 100 ask")
	e2e.AwaitEvent(t, c.rooms[0], func(*protocol.PermissionRequested) bool { return true })
	c.server.Kill()
	c.server = c.server.Restart(t)
	allowOnce(t, c.rooms[0])
	c.requireOnce(100, "answer yes")
}

func TestShare_a_machine_that_returns_too_late_has_only_its_turn_cancelled(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir(), "--detach-timeout", "200ms")
	network := e2e.NewNetwork(t, server)
	s := startShare(t, network.URL)
	host := e2e.Connect(t, at(s.own, server.API), "Ada")
	late := prompt(t, host, "count 1000000 slowly")
	e2e.AwaitEvent(t, host, func(*protocol.HostSessionUpdate) bool { return true })
	s.Signal(t, syscall.SIGSTOP)
	network.SetFaults(both(&toxics.ResetToxic{Timeout: 1}))
	require.Contains(t, awaitEnd(t, host, late.ID), "has had no connection")
	next := prompt(t, host, "count 7")
	network.ClearFaults()
	s.Signal(t, syscall.SIGCONT)
	require.Empty(t, awaitEnd(t, host, next.ID))
	require.Equal(t, []string{
		"initialize", "session/new", "session/prompt count 1000000 slowly", "session/cancel", "session/prompt count 7",
	}, s.received(t), "the agent's process and its session are the same")
}

func TestShare_ends_with_its_agent_when_the_session_of_the_agent_is_deleted(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	s := startShare(t, server.URL)
	host := e2e.Connect(t, s.own, "Ada")
	require.Empty(t, awaitEnd(t, host, prompt(t, host, "count 2").ID))
	pid := s.agentPID(t)
	answer, err := server.Call(t.Context(), e2e.Request{Method: http.MethodDelete, Path: "/api/sessions/" + host.Welcome.Session.HostSessionID})
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, answer.Status, "%s", answer.Body)
	require.Equal(t, 1, s.ExitCode(t))
	require.Contains(t, s.Stderr.String(), "this session was deleted")
	require.Error(t, syscall.Kill(pid, 0), "the agent still runs")
	again := e2e.Start(t, e2e.Command{
		Args: []string{"share", "--resume", "--no-terminal", "--name", "Ada"}, Dir: s.dir, Env: []string{"XDG_DATA_HOME=" + s.store},
	})
	require.Equal(t, 1, again.ExitCode(t))
	require.Contains(t, again.Stderr.String(), "share the agent again, without --resume")
}
