package host_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// connected returns a fixture whose agent runs on another machine, which is connected. A
// turn ends after an hour without a connection.
func connected(t *testing.T) *rulestest.Fixture {
	s := rulestest.NewFixture(t, rules.Settings{DetachTimeout: time.Hour, SilenceAfter: time.Minute})
	s.HostState().Session.Facts.Connector = new(protocol.AgentConnector)
	return s
}

// visit is a connection of a process of the connector.
func visit(epoch uint64, incarnation string) rules.ConnectorVisit {
	return rules.ConnectorVisit{Seat: rules.ConnectorSeat{Epoch: epoch, Incarnation: incarnation}}
}

// setConnected reports that the machine has, or no longer has, a connection.
func setConnected(s *rulestest.Fixture, is bool) {
	s.Do(s.Host, host.ConnectorChanged{Connected: is, ConnectorVisit: visit(1, "a")})
	s.DeliverAll()
}

func TestState_a_newer_connector_takes_over_for_good(t *testing.T) {
	s := connected(t)
	connect := func(epoch uint64, incarnation string) error {
		return s.Do(s.Host, host.ConnectorChanged{Connected: true, ConnectorVisit: visit(epoch, incarnation)}).Err
	}
	require.NoError(t, connect(4, "a"))
	require.NoError(t, connect(4, "a"))
	require.ErrorIs(t, connect(4, "b"), rules.ErrConnectorFenced, "the epoch belongs to the first")
	require.NoError(t, connect(5, "b"))
	require.ErrorIs(t, connect(4, "a"), rules.ErrConnectorFenced)
	setConnected(s, false)
	s.Host.Reload(t, s.Now)
	require.ErrorIs(t, connect(4, "a"), rules.ErrConnectorFenced, "also after a restart of the server")
	require.NoError(t, connect(5, "b"))
}

func TestState_people_see_since_when_the_machine_has_no_connection(t *testing.T) {
	s := connected(t)
	setConnected(s, false)
	require.Equal(t, s.Now.UTC(), s.State.Facts.Connector.DetachedSince.UTC())
	at := s.Now
	s.Now = s.Now.Add(time.Minute)
	setConnected(s, false)
	require.Equal(t, at.UTC(), s.State.Facts.Connector.DetachedSince.UTC(), "a repetition changes nothing")
	setConnected(s, true)
	require.NotNil(t, s.State.Facts.Connector)
	require.Nil(t, s.State.Facts.Connector.DetachedSince)
}

func TestState_prompts_wait_for_a_machine_without_a_connection(t *testing.T) {
	t.Run("whose agent is ready", func(t *testing.T) {
		s := connected(t)
		setConnected(s, false)
		id := s.Prompt(s.Owner())
		s.DeliverAll()
		require.Empty(t, s.Agent.Turn)
		setConnected(s, true)
		require.Equal(t, id, s.Agent.Turn)
	})
	t.Run("whose agent has ended", func(t *testing.T) {
		s := connected(t)
		setConnected(s, false)
		s.AgentReports(rules.AgentExited{})
		id := s.Prompt(s.Owner())
		s.DeliverAll()
		require.False(t, s.Agent.Launching)
		setConnected(s, true)
		require.True(t, s.Agent.Launching)
		s.FinishLaunch(true)
		s.DeliverAll()
		require.Equal(t, id, s.Agent.Turn)
	})
	t.Run("while a turn runs", func(t *testing.T) {
		s := connected(t)
		first := s.RunPrompt()
		next := s.Prompt(s.Owner())
		s.DeliverAll()
		setConnected(s, false)
		s.AgentReports(rules.AgentTurnEnded{Turn: first, StopReason: "end_turn"}) // it was on its way
		s.DeliverAll()
		require.Empty(t, s.Agent.Turn)
		setConnected(s, true)
		require.Equal(t, next, s.Agent.Turn)
	})
}

func TestState_a_turn_goes_on_without_a_connection(t *testing.T) {
	s := connected(t)
	id := s.RunPrompt()
	setConnected(s, false)
	require.False(t, s.HostState().ExpectsOutput(), "it is not silent, it is away")
	require.WithinDuration(t, s.Now.Add(time.Hour), s.HostState().Due(), time.Second)
	pass(s, 59*time.Minute)
	require.NotNil(t, s.HostState().Running)
	setConnected(s, true)
	pass(s, time.Hour)
	finishTurn(s, "done")
	require.Equal(t, protocol.ApprovalApproved, s.Approval(id).Status)
}

func TestState_a_turn_ends_if_the_machine_stays_away(t *testing.T) {
	s := connected(t)
	id := s.RunPrompt()
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.RequestPermission("p")
	setConnected(s, false)
	pass(s, time.Hour)
	require.Nil(t, s.HostState().Running)
	require.True(t, s.Agent.Ending, "the machine ends the agent when it returns")
	require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
	require.Contains(t, *s.Approval(id).ErrorMessage, "no connection for 1h0m0s")
	require.Empty(t, s.HostState().Questions)
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.False(t, s.Agent.Launching)
	setConnected(s, true)
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, next, s.Agent.Turn, "a prompt that waits goes on waiting")
}

func TestState_no_turn_ends_without_a_time_limit(t *testing.T) {
	s := connected(t)
	s.Host.Settings.DetachTimeout = 0
	s.RunPrompt()
	setConnected(s, false)
	pass(s, 1000*time.Hour)
	require.NotNil(t, s.HostState().Running)
}

func TestState_a_machine_without_a_connection_restarts_no_agent(t *testing.T) {
	s := connected(t)
	setConnected(s, false)
	d := s.Send(s.Owner(), &protocol.RestartAgent{})
	require.NoError(t, d.Err)
	s.DeliverAll()
	require.False(t, s.Agent.Ending)
}

func TestState_after_a_restart_of_the_server_prompts_wait_for_the_machine(t *testing.T) {
	s := connected(t)
	id := s.RunPrompt()
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.Do(s.Host, rules.Loaded{OpenShared: []journal.SessionID{s.Session.ID}})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
	require.NotNil(t, s.State.Facts.Connector.DetachedSince)
	require.False(t, s.Agent.Launching)
	setConnected(s, true)
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, next, s.Agent.Turn)
}

func TestState_an_agent_of_the_server_has_no_connector(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	require.ErrorIs(t, s.Do(s.Host, host.ConnectorChanged{Connected: true}).Err, &protocol.Error{Code: protocol.CodeHostSessionNotFound})
}

// outliving returns a fixture whose agent runs on another machine, which is connected, and
// outlives the server.
func outliving(t *testing.T) *rulestest.Fixture {
	s := rulestest.NewFixture(t, rules.Settings{DetachTimeout: time.Hour, SilenceAfter: time.Minute})
	s.Do(s.Host, host.FactsLearned{Facts: protocol.AgentFacts{Connector: new(protocol.AgentConnector)}})
	s.AgentReports(rules.AgentExited{})
	s.Prompt(s.Owner())
	s.DeliverAll()
	s.Agent.Memory = []byte(`{}`)
	s.FinishLaunch(true)
	s.DeliverAll()
	finishTurn(s, "done")
	require.True(t, s.HostState().Outlives())
	return s
}

// resume reports that the machine has returned to a server that was restarted, and which
// frame it has received.
func resume(s *rulestest.Fixture, taken uint64) rules.Decision {
	v := visit(1, "a")
	v.Resumed, v.Taken = true, taken
	d := s.Do(s.Host, host.ConnectorChanged{Connected: true, ConnectorVisit: v})
	s.DeliverAll()
	return d
}

// restart restarts the server.
func restart(s *rulestest.Fixture) rules.Decision {
	s.Host.Reload(s.T, s.Now)
	d := s.Do(s.Host, rules.Loaded{OpenShared: []journal.SessionID{s.Session.ID}})
	s.DeliverAll()
	return d
}

func TestState_a_turn_of_an_agent_that_outlives_the_server_is_cancelled_first_when_the_machine_returns_late(t *testing.T) {
	s := outliving(t)
	id := s.RunPrompt()
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.RequestPermission("p")
	setConnected(s, false)
	s.Now = s.Now.Add(time.Hour)
	d := s.Do(s.Host, rules.Tick{})
	s.DeliverAll()
	require.Equal(t, []rules.Effect{host.AnswerAgent{RequestID: "p"}, host.CancelAgent{}}, sentToAgent(d), "which is sent when it returns")
	require.Contains(t, *s.Approval(id).ErrorMessage, "no connection for 1h0m0s")
	require.False(t, s.Agent.Ending, "nothing else is lost")
	setConnected(s, true)
	require.Nil(t, s.HostState().Running, "the agent still works on the other turn")
	s.AgentReports(rules.AgentTurnEnded{Turn: id, StopReason: "cancelled"})
	s.DeliverAll()
	require.Equal(t, next, s.Agent.Turn)
}

func TestState_a_turn_that_the_agent_has_never_received_is_not_waited_for(t *testing.T) {
	s := outliving(t)
	id := s.RunPrompt()
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.Do(s.Host, host.FrameSent{Frame: rules.SentFrame{Cause: rules.Cause{Kind: rules.CausePrompt, Key: id}, ID: 4, Frame: 3}})
	restart(s)
	s.Agent.Turn = ""
	pass(s, time.Hour)
	require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
	resume(s, 2)
	require.Equal(t, next, s.Agent.Turn)
}

// sentToAgent returns the effects of a decision that send something to the agent.
func sentToAgent(d rules.Decision) (sent []rules.Effect) {
	for _, e := range d.Effects {
		switch e := e.(type) {
		case host.PromptAgent, host.AnswerAgent, host.CancelAgent, host.ConfigureAgent, host.RefuseRequest:
			sent = append(sent, e)
		case host.SendAgain:
			sent = append(sent, e.Effects...)
		}
	}
	return sent
}

func TestState_a_connector_that_returns_is_sent_what_it_has_not_received(t *testing.T) {
	s := outliving(t)
	id := s.RunPrompt()
	sent := func(kind rules.CauseKind, key string, frame uint64) {
		s.Do(s.Host, host.FrameSent{Frame: rules.SentFrame{Cause: rules.Cause{Kind: kind, Key: key}, ID: 4, Frame: frame}})
	}
	sent(rules.CausePrompt, id, 3)
	for _, p := range []string{"received", "sent", "decided"} {
		s.RequestPermission(p)
		require.NoError(t, s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: p, OptionID: "yes"}).Err)
		s.DeliverAll()
	}
	sent(rules.CauseAnswer, "received", 4)
	sent(rules.CauseAnswer, "sent", 5)
	s.RequestPermission("later")
	require.NotEmpty(t, restart(s).Effects)
	require.NoError(t, s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: "later", OptionID: "yes"}).Err)
	s.DeliverAll()
	require.Equal(t, []rules.Effect{
		host.AnswerAgent{RequestID: "sent", OptionID: "yes"}, host.AnswerAgent{RequestID: "decided", OptionID: "yes"}, host.AnswerAgent{RequestID: "later", OptionID: "yes"},
	}, sentToAgent(resume(s, 4)))
	require.Empty(t, sentToAgent(resume(s, 4)), "once")
	require.Equal(t, id, s.HostState().Running.Turn.Approval)
}

func TestState_what_is_remembered_of_an_agent_that_outlives_the_server_is_bounded(t *testing.T) {
	s := outliving(t)
	s.RunPrompt()
	restart(s)
	for i := range 2000 {
		id := fmt.Sprint(i)
		s.RequestPermission(id)
		s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: id, OptionID: "yes"})
		s.DeliverAll()
	}
	require.LessOrEqual(t, len(s.HostState().Outgoing.Calls), 512)
	require.LessOrEqual(t, len(s.HostState().Outgoing.Outcomes), 8)
}
