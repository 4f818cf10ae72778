package host_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func TestState_reports_the_progress_of_a_start(t *testing.T) {
	s, _ := afterExit(t, true)
	s.AgentReports(rules.AgentProgress{Detail: "fetching"})
	s.AgentReports(rules.AgentProgress{Detail: "fetching"})
	s.DeliverAll()
	require.Equal(t, "fetching", s.State.AgentDetail)
	require.Equal(t, "fetching", s.HostState().Resource().Detail)
	e, err := shared.DecodeEvent(s.Session.Journal[len(s.Session.Journal)-1])
	require.NoError(t, err)
	require.Equal(t, s.HostState().StartedAt, *e.Public.(*protocol.AgentStatusChanged).StartedAt)
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Empty(t, s.State.AgentDetail)
	require.Empty(t, s.Do(s.Host, host.AgentReported{Event: rules.AgentProgress{Detail: "late"}}).Events)
}

func TestState_reports_stray_output_once_a_turn(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	noted := func() []rules.AgentNote {
		return rulestest.MessagesOf[rules.AgentNote](s.Do(s.Host, host.AgentReported{Event: rules.AgentStrayOutput{}}))
	}
	require.Nil(t, noted()[0].Note.ApprovalID)
	require.Empty(t, noted(), "once outside of turns")
	for range 2 {
		id := s.RunPrompt()
		require.Equal(t, id, *noted()[0].Note.ApprovalID)
		require.Empty(t, noted())
		s.AgentReports(rules.AgentTurnEnded{Turn: id})
		s.DeliverAll()
	}
	require.Empty(t, noted())
}

func TestState_reports_that_the_agent_is_slowed_and_in_which_turn(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	slowed := func() protocol.AgentSlowed {
		d := s.Do(s.Host, host.AgentReported{Event: rules.AgentSlowed{}})
		note := rulestest.MessagesOf[rules.AgentSlowNote](d)[0]
		require.Equal(t, []protocol.EventType{protocol.EventAgentSlowed}, rulestest.EventTypes(s.Do(s.Session, note)))
		return note.Note
	}
	require.Nil(t, slowed().ApprovalID)
	require.Equal(t, s.RunPrompt(), *slowed().ApprovalID)
}
