package host_test

import (
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
