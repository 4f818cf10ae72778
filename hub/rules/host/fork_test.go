package host_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

func TestState_a_fork_is_of_an_idle_agent_that_offers_it_and_has_worked(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	h := s.HostState()
	refused := func(code protocol.Code) {
		t.Helper()
		require.ErrorIs(t, s.Do(s.Host, host.ReadOrigin{}).Err, &protocol.Error{Code: code})
	}
	h.HadTurn, h.Cwd = true, "/work"
	for _, none := range []string{`{}`, `{"sessionCapabilities":{"fork":null}}`, `{"session":{"fork":true}}`, `[]`} {
		h.Session.Facts.Capabilities = []byte(none)
		refused(protocol.CodeInvalidRequest)
	}
	for _, offered := range []string{`{"sessionCapabilities":{"fork":{}}}`, `{"session":{"fork":{}}}`} {
		h.Session.Facts.Capabilities = []byte(offered)
		answer := s.Do(s.Host, host.ReadOrigin{}).Answer
		require.Equal(t, h.AgentSession, answer.(*host.Origin).Session)
		require.Equal(t, "/work", answer.(*host.Origin).Cwd)
	}
	h.HadTurn = false
	refused(protocol.CodeInvalidRequest)
	s.Send(s.Owner(), &protocol.Prompt{Prompt: "work"})
	s.DeliverAll()
	require.NotNil(t, h.Running)
	refused(protocol.CodeAgentInUse)
	h.AgentSession = ""
	refused(protocol.CodeAgentUnavailable)
}

func TestState_a_fork_is_made_once_and_replayed_to_the_first_room(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	h := s.HostState()
	h.Forks, h.AgentSession, h.HadTurn, h.Occupied, h.Agent = "origin", "", false, false, protocol.AgentStarting
	s.Do(s.Host, host.Launched{SessionID: "fork", CanLoad: true, Continued: protocol.ContinuedLoaded})
	require.Equal(t, "fork", h.AgentSession)
	require.True(t, h.HadTurn, "the agent remembers the conversation")
	require.Zero(t, h.Renewals)
	s.Do(s.Host, rules.SharedOpened{Shared: s.Session.ID})
	s.DeliverAll()
	d := s.Do(s.Host, host.AgentReported{Event: rules.AgentExited{}})
	spec := rulestest.MessagesOf[host.LaunchAgent](d)[0].Spec
	require.Equal(t, "fork", spec.Load)
	require.True(t, spec.Replay)
	require.Empty(t, spec.Fork, "a fork is not forked again")
}
