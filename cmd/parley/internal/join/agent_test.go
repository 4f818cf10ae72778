package join

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestScreen_tells_how_long_the_agent_is_silent_and_when_that_is_over(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, newLedger())
	since := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	s.status(since.Add(2*time.Minute+time.Millisecond), &protocol.AgentStatusChanged{Status: protocol.AgentIdle, SilentSince: &since})
	require.Contains(t, out.String(), "has said nothing for 2m0s")
	require.Contains(t, out.String(), "/cancel")
	out.Reset()
	s.status(since.Add(3*time.Minute), &protocol.AgentStatusChanged{Status: protocol.AgentIdle})
	require.Equal(t, "* the agent says something again\n", out.String())
	out.Reset()
	s.status(since.Add(4*time.Minute), &protocol.AgentStatusChanged{Status: protocol.AgentIdle})
	require.Equal(t, "* the agent is idle\n", out.String())
}

func TestScreen_tells_what_a_start_waits_for_and_whether_the_agent_remembers(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, newLedger())
	s.status(time.Now(), &protocol.AgentStatusChanged{Status: protocol.AgentStarting, Detail: "fetching\x1b[2J"})
	require.Contains(t, out.String(), "* the agent is starting (fetching")
	require.NotContains(t, out.String(), "\x1b")
	s.continued(&protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "no such session"})
	require.Contains(t, out.String(), "does not remember what was said before (no such session)")
	out.Reset()
	s.continued(&protocol.AgentSession{Continued: protocol.ContinuedLoaded})
	require.NotContains(t, out.String(), "not remember")
}
