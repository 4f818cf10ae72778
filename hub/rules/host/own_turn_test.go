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

// worksAlone returns a fixture whose agent works without a prompt.
func worksAlone(t *testing.T) *rulestest.Fixture {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.AgentReports(rules.AgentTurnBegan{})
	s.DeliverAll()
	require.NotNil(t, s.State.OwnTurn)
	return s
}

func TestState_prompts_wait_while_the_agent_works_without_one(t *testing.T) {
	s := worksAlone(t)
	approval := s.Prompt(s.Owner())
	s.DeliverAll()
	require.Zero(t, s.Agent.Prompts[approval])
	require.Equal(t, &protocol.PromptQueued{ApprovalID: approval, Ahead: 1}, lastEvent(t, s))

	s.AgentReports(rules.AgentTurnEnded{StopReason: "end_turn"})
	s.DeliverAll()
	require.Equal(t, 1, s.Agent.Prompts[approval])
	require.Nil(t, s.State.OwnTurn)
}

func TestState_work_without_a_prompt_that_overlaps_a_prompt_is_part_of_its_turn(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	approval := s.RunPrompt()
	s.AgentReports(rules.AgentTurnBegan{})
	s.AgentReports(rules.AgentTurnEnded{StopReason: "end_turn"})
	s.DeliverAll()
	require.Nil(t, s.State.OwnTurn)
	require.Equal(t, approval, s.HostState().Running.Turn.Approval, "the prompt's turn still runs")
}

func TestState_questions_of_an_agent_that_works_without_a_prompt_go_to_every_shared_session(t *testing.T) {
	s := rulestest.NewNetwork(t, rules.Settings{}, 2)
	s.AgentReports(rules.AgentTurnBegan{})
	s.AgentReports(asks("q", usual...))
	s.DeliverAll()
	for _, room := range s.Shared {
		require.Len(t, room.SharedState().Permissions, 1)
	}
}

func TestState_work_without_a_prompt_ends_with_the_agent(t *testing.T) {
	s := worksAlone(t)
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.Nil(t, s.State.OwnTurn)
	require.Nil(t, s.HostState().Running)
	require.Empty(t, s.HostState().Ended, "no shared session has to confirm the end")
}

func TestState_a_restart_of_the_server_ends_work_without_a_prompt(t *testing.T) {
	s := worksAlone(t)
	s.Crash()
	s.DeliverAll()
	require.Nil(t, s.Session.SharedState().OwnTurn)
}

func TestState_a_shared_session_that_opens_late_learns_of_work_without_a_prompt(t *testing.T) {
	s := worksAlone(t)
	d := s.Do(s.Host, rules.SharedOpened{Shared: s.Session.ID})
	require.Len(t, rulestest.MessagesOf[rules.OwnTurnBegan](d), 1)
	s.AgentReports(rules.AgentTurnEnded{})
	d = s.Do(s.Host, rules.SharedOpened{Shared: s.Session.ID, OwnTurn: true})
	require.Len(t, rulestest.MessagesOf[rules.OwnTurnEnded](d), 1)
}

func TestState_the_host_cancels_what_the_agent_does_without_a_prompt(t *testing.T) {
	s := worksAlone(t)
	guest := s.Join("ben", protocol.RoleCollaborator)
	require.ErrorContains(t, s.Send(guest, &protocol.Cancel{}).Err, "only the host")

	d := s.Send(s.Owner(), &protocol.Cancel{})
	require.NoError(t, d.Err)
	s.DeliverAll()
	require.True(t, s.State.OwnTurn.Cancelled)
	require.Equal(t, rules.Cancelled, s.HostState().Running.Cancelling)

	s.AgentReports(rules.AgentTurnEnded{StopReason: "cancelled"})
	s.DeliverAll()
	require.Equal(t, &protocol.AgentTurnEnded{StopReason: "cancelled", Error: rules.Cancelled}, lastEvent(t, s))
}

func TestState_stops_single_tool_calls_and_terminals(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	guest := s.Join("ben", protocol.RoleCollaborator)
	require.ErrorContains(t, s.Send(guest, &protocol.StopWork{ToolCallID: "c"}).Err, "only the host")

	stop := func() rules.StopWork {
		t.Helper()
		d := s.Send(s.Owner(), &protocol.StopWork{ToolCallID: "c"})
		require.NoError(t, d.Err)
		require.NotEmpty(t, d.Hold, "the answer waits for the agent's side")
		asked := rulestest.MessagesOf[rules.StopWork](d)[0]
		require.Equal(t, []host.StopWork{{Stop: asked}}, rulestest.MessagesOf[host.StopWork](s.Do(s.Host, asked)))
		return asked
	}
	answer := func(outcome host.StopAsked) rules.Release {
		t.Helper()
		m := rulestest.MessagesOf[rules.StopAnswered](s.Do(s.Host, outcome))[0]
		return rulestest.MessagesOf[rules.Release](s.Do(s.Session, m))[0]
	}
	before := len(s.Session.Journal)
	unknown := protocol.Errorf(protocol.CodeNothingToCancel, "the agent does not offer to stop it")
	stopped := stop()
	release := answer(host.StopAsked{Stop: stopped, Err: unknown})
	require.Equal(t, stopped.Hold, release.Hold)
	require.ErrorIs(t, release.Err, unknown)
	require.Len(t, s.Session.Journal, before, "nobody learns of it")

	release = answer(host.StopAsked{Stop: stop()})
	require.NoError(t, release.Err)
	require.Equal(t, s.Owner().ID, lastEvent(t, s).(*protocol.AgentStopRequested).Participant.ID)

	work := rules.Work{Shared: s.Session.ID, ToolCallID: "c"}

	s.AgentReports(rules.AgentStopRefused{Work: work, Reason: "it is over"})
	s.DeliverAll()
	require.Equal(t, &protocol.AgentStopRefused{ToolCallID: "c", Reason: "it is over"}, lastEvent(t, s))
}

func TestState_refuses_to_stop_work_of_an_agent_that_does_not_run(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.Do(s.Host, host.AgentReported{Event: rules.AgentExited{}})
	d := s.Do(s.Host, rules.StopWork{Work: rules.Work{Shared: s.Session.ID, ToolCallID: "c"}})
	require.Equal(t, protocol.CodeAgentUnavailable, rulestest.MessagesOf[rules.StopAnswered](d)[0].Err.Code)
	s.DeliverAll()
	require.ErrorContains(t, s.Send(s.Owner(), &protocol.StopWork{ToolCallID: "c"}).Err, "exited")
}

// lastEvent returns the newest event of the fixture's shared session.
func lastEvent(t *testing.T, s *rulestest.Fixture) protocol.Payload {
	t.Helper()
	e, err := shared.DecodeEvent(s.Session.Journal[len(s.Session.Journal)-1])
	require.NoError(t, err)
	return e.Public
}
