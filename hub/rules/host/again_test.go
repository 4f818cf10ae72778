package host_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// dead is a stage on which the agent has died in the first of two turns.
func dead(t *testing.T, canLoad bool) (s *rulestest.Fixture, second string) {
	s = rulestest.NewFixture(t, rules.Settings{})
	s.HostState().CanLoad = canLoad
	first := s.RunPrompt()
	second = s.Prompt(s.Owner())
	s.DeliverAll()
	s.AgentReports(asks("q", usual...))
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(first).Status)
	require.Empty(t, s.State.Permissions, "its questions are void")
	require.True(t, s.Agent.Launching)
	return s, second
}

// continued are the notes that people got of how the agent goes on.
func continued(s *rulestest.Fixture) []protocol.AgentSession {
	var notes []protocol.AgentSession
	for _, r := range s.Session.Journal {
		e, err := shared.DecodeEvent(r)
		require.NoError(s.T, err)
		if p, ok := e.Public.(*protocol.AgentSession); ok {
			notes = append(notes, *p)
		}
	}
	return notes
}

// failed is the news that a prompt has failed.
func failed(s *rulestest.Fixture, approval string) protocol.PromptDispatchFailed {
	for _, r := range s.Session.Journal {
		e, err := shared.DecodeEvent(r)
		require.NoError(s.T, err)
		if p, ok := e.Public.(*protocol.PromptDispatchFailed); ok && p.ApprovalID == approval {
			return *p
		}
	}
	s.T.Fatal("the prompt has not failed")
	return protocol.PromptDispatchFailed{}
}

func TestHost_an_agent_that_dies(t *testing.T) {
	for _, tc := range []struct {
		name    string
		canLoad bool
		fails   error // of loading
		want    protocol.AgentSession
	}{
		{"and can load its session goes on with the queue", true, nil,
			protocol.AgentSession{Continued: protocol.ContinuedLoaded}},
		{"and cannot goes on with a new session", false, nil,
			protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "the agent cannot load an earlier session"}},
		{"and is refused its session goes on with a new one", true, errors.New("no such session"),
			protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "no such session"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, second := dead(t, tc.canLoad)
			s.Agent.Launching, s.Agent.Ready = false, true
			s.Do(s.Host, host.Launched{SessionID: "theirs", CanLoad: tc.canLoad, LoadError: tc.fails})
			s.DeliverAll()
			require.Equal(t, second, s.Agent.Turn)
			require.Equal(t, []protocol.AgentSession{tc.want}, continued(s))
			require.NoError(t, s.Send(s.Owner(), &protocol.Prompt{Prompt: "more"}).Err, "the room is usable")
		})
	}
}

func TestHost_an_agent_that_dies_of_loading_its_session_begins_anew(t *testing.T) {
	s, second := dead(t, true)
	d := s.Do(s.Host, host.LaunchFailed{Err: fmt.Errorf("%w: it exited", rules.ErrCannotLoad)})
	require.Empty(t, rulestest.MessagesOf[host.LaunchAgent](d)[0].Spec.Load)
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, second, s.Agent.Turn)
	require.Equal(t, protocol.ContinuedNew, continued(s)[0].Continued)
	require.Contains(t, continued(s)[0].Reason, "it exited")
	t.Run("and is not asked to load that session again", func(t *testing.T) {
		s.AgentReports(rules.AgentTurnEnded{Turn: second})
		s.AgentReports(rules.AgentExited{})
		s.DeliverAll()
		s.Prompt(s.Owner())
		s.DeliverAll()
		require.Equal(t, "theirs", s.HostState().EarlierSession(), "but the newer one")
	})
}

func TestHost_an_agent_that_cannot_be_started_fails_each_prompt_with_the_reason(t *testing.T) {
	s, second := dead(t, false)
	s.Do(s.Host, host.LaunchFailed{Err: errors.New("no disk")})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(second).Status)
	third := s.Prompt(s.Owner())
	s.DeliverAll()
	require.True(t, s.Agent.Launching, "it is tried again")
	s.Do(s.Host, host.LaunchFailed{Err: errors.New("still no disk")})
	require.Contains(t, s.HostState().Ended[0].Failure, "still no disk")
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(third).Status)
	require.Equal(t, protocol.CodeAgentUnavailable, failed(s, third).Code)
	require.Equal(t, protocol.AgentExited, s.State.Agent)
	require.Contains(t, s.State.AgentDetail, "still no disk")
}

func TestHost_a_prompt_says_in_the_room_that_nobody_is_signed_in_at_the_agent(t *testing.T) {
	login := fmt.Errorf("%w: run kestrel login", rules.ErrAuthRequired)
	t.Run("where the agent cannot be started again", func(t *testing.T) {
		s, second := dead(t, true)
		s.Do(s.Host, host.LaunchFailed{Err: login})
		s.DeliverAll()
		require.Equal(t, protocol.CodeAgentAuthRequired, failed(s, second).Code)
		require.Contains(t, failed(s, second).Error, "run kestrel login")
	})
	t.Run("where the agent refuses the prompt", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		first := s.RunPrompt()
		s.AgentReports(rules.AgentTurnEnded{Turn: first, Err: login})
		s.DeliverAll()
		require.Equal(t, protocol.CodeAgentAuthRequired, failed(s, first).Code)
	})
	t.Run("but not where it was cancelled", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		first := s.RunPrompt()
		require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{}).Err)
		s.DeliverAll()
		s.AgentReports(rules.AgentTurnEnded{Turn: first, Err: login})
		s.DeliverAll()
		require.Empty(t, failed(s, first).Code)
	})
}

func TestHost_a_prompt_after_stop_agent_waits_for_the_next_process(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	first := s.RunPrompt()
	require.NoError(t, s.Send(s.Owner(), &protocol.StopAgent{}).Err)
	s.DeliverAll()
	require.Equal(t, protocol.AgentEnding, s.HostState().Resource().Status)
	require.Equal(t, protocol.AgentEnding, s.State.Agent)
	second := s.Prompt(s.Owner())
	s.DeliverAll()
	s.AgentReports(rules.AgentTurnEnded{Turn: first, StopReason: "cancelled"}) // it answers before it exits
	s.DeliverAll()
	require.Zero(t, s.Agent.Prompts[second], "the agent that ends gets no prompt")
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.True(t, s.Agent.Launching)
	s.FinishLaunch(true)
	require.Equal(t, second, s.Agent.Turn)
}

func TestHost_an_agent_that_is_stopped_while_it_starts(t *testing.T) {
	s, second := dead(t, true)
	s.Do(s.Host, rules.StopAgent{})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(second).Status, "what waited for it does not start it again")
	third := s.Prompt(s.Owner())
	s.DeliverAll()
	t.Run("ends although it is ready by then", func(t *testing.T) {
		require.Equal(t, []rules.Effect{host.EndAgent{}}, s.Do(s.Host, host.Launched{SessionID: "theirs", CanLoad: true}).Effects)
	})
	s.Do(s.Host, host.LaunchFailed{Err: errors.New("given up")})
	s.DeliverAll()
	require.True(t, s.Agent.Launching, "what came later does")
	s.FinishLaunch(true)
	require.Equal(t, third, s.Agent.Turn)
}

func TestHost_stopping_an_agent_that_is_not_there_says_so(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.NoError(t, s.Send(s.Owner(), &protocol.StopAgent{}).Err)
	s.DeliverAll()
	require.Equal(t, protocol.AgentExited, s.State.Agent)
}

func TestHost_tells_how_a_start_goes(t *testing.T) {
	s, _ := dead(t, true)
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

func TestHost_notes_stray_output_once_a_turn(t *testing.T) {
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
