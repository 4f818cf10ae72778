package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

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
