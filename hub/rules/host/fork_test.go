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
	require.NoError(t, s.Do(s.Host, host.ReadOrigin{Ahead: true}).Err, "a client may ask ahead")
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
	h.Session.Facts.Capabilities = []byte(`{"session":{}}`)
	s.Do(s.Host, rules.SharedOpened{Shared: s.Session.ID})
	s.DeliverAll()
	d := s.Do(s.Host, host.AgentReported{Event: rules.AgentExited{}})
	spec := rulestest.MessagesOf[host.LaunchAgent](d)[0].Spec
	require.Equal(t, "fork", spec.Load)
	require.True(t, spec.Replay)
	require.Empty(t, spec.Fork, "a fork is not forked again")
}

func TestState_a_fork_without_its_history_says_so_in_the_first_room(t *testing.T) {
	for name, c := range map[string]struct {
		capabilities string
		withheld     bool
		history      protocol.EarlierHistory
	}{
		"the agent cannot repeat it":       {`{"loadSession":false}`, false, protocol.HistoryMissing},
		"nothing is known about the agent": {`null`, false, protocol.HistoryMissing},
		"several sessions have taken part": {`{"loadSession":true}`, true, protocol.HistoryWithheld},
		"several, and the agent cannot":    {`{}`, true, protocol.HistoryWithheld},
	} {
		t.Run(name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			h := s.HostState()
			h.Adopted, h.AgentSession, h.HadTurn, h.CanLoad, h.Occupied, h.Withheld = "fork", "fork", true, true, false, c.withheld
			h.Session.Facts.Capabilities = []byte(c.capabilities)
			d := s.Do(s.Host, rules.SharedOpened{Shared: s.Session.ID})
			require.NotContains(t, d.Effects, rules.Effect(host.EndAgent{}), "the agent is not asked to repeat it")
			s.DeliverAll()
			require.Equal(t, &protocol.AgentSession{Continued: protocol.ContinuedLoaded, History: c.history}, lastEvent(t, s))
			before := len(s.Session.Journal)
			h.Occupied = false
			s.Do(s.Host, rules.SharedOpened{Shared: s.Session.ID})
			s.DeliverAll()
			require.Len(t, s.Session.Journal, before, "it is said once")
			s.Do(s.Host, host.AgentReported{Event: rules.AgentExited{}})
			d = s.Send(s.Owner(), &protocol.Prompt{Prompt: "go on"})
			require.NoError(t, d.Err)
			for _, launch := range rulestest.MessagesOf[host.LaunchAgent](s.Do(s.Host, rulestest.MessagesOf[rules.Dispatch](d)[0])) {
				require.False(t, launch.Spec.Replay)
			}
		})
	}
}

func TestState_what_is_withheld_stays_withheld_in_a_fork_of_the_fork(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	h := s.HostState()
	h.HadTurn = true
	h.Session.Facts.Capabilities = []byte(`{"loadSession":true,"sessionCapabilities":{"fork":{}}}`)
	history := func() protocol.EarlierHistory { return s.Do(s.Host, host.ReadOrigin{}).Answer.(*host.Origin).History }
	require.Equal(t, protocol.HistoryRepeated, history())
	h.Withheld = true
	require.Equal(t, protocol.HistoryWithheld, history())
}
