package join

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
)

func TestScreen_shows_how_long_the_agent_has_been_silent(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	since := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	s.status(since.Add(2*time.Minute+time.Millisecond), &protocol.AgentStatusChanged{Status: protocol.AgentIdle, SilentSince: &since})
	require.Contains(t, out.String(), "has been silent for 2m0s")
	require.Contains(t, out.String(), "/cancel")
	out.Reset()
	s.status(since.Add(3*time.Minute), &protocol.AgentStatusChanged{Status: protocol.AgentIdle})
	require.Equal(t, "* the agent is no longer silent\n", out.String())
	out.Reset()
	s.status(since.Add(4*time.Minute), &protocol.AgentStatusChanged{Status: protocol.AgentIdle})
	require.Equal(t, "* the agent is idle\n", out.String())
}

func TestScreen_shows_since_when_the_machine_of_the_agent_has_no_connection(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	since := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	away := protocol.AgentFacts{Connector: &protocol.AgentConnector{DetachedSince: &since}}
	s.agentChanges(away, nil)
	want := "* the agent's machine has had no connection since " + since.Local().Format(time.TimeOnly) + "; prompts wait\n"
	require.Equal(t, want, out.String())
	out.Reset()
	s.agentInfo(protocol.Agent{Status: protocol.AgentIdle, AgentFacts: away})
	require.Equal(t, want, out.String(), "also to those who join later")
	out.Reset()
	s.agentChanges(protocol.AgentFacts{Connector: new(protocol.AgentConnector)}, nil)
	require.Equal(t, "* the agent's machine is connected\n", out.String())
}

func TestScreen_shows_the_start_of_an_agent_and_whether_it_remembers(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	s.status(time.Now(), &protocol.AgentStatusChanged{Status: protocol.AgentStarting, Detail: "fetching\x1b[2J"})
	require.Contains(t, out.String(), "* the agent is starting (fetching")
	require.NotContains(t, out.String(), "\x1b")
	s.resumed(&protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "no such session", Recap: "> User:\n>> do it"})
	require.Contains(t, out.String(), "does not remember the conversation (no such session)")
	require.Contains(t, out.String(), ">> do it", "the user sees what the agent is told")
	out.Reset()
	s.resumed(&protocol.AgentSession{Continued: protocol.ContinuedLoaded})
	require.NotContains(t, out.String(), "not remember")
}
