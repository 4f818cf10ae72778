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

// continued returns the reports of how the agent continued.
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

// failed returns the event that a prompt has failed.
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

func TestState_an_agent_that_exits_while_it_loads_its_session_begins_a_new_one(t *testing.T) {
	s, second := afterExit(t, true)
	d := s.Do(s.Host, host.LaunchFailed{Err: fmt.Errorf("%w: it exited", rules.ErrCannotLoad)})
	require.Empty(t, rulestest.MessagesOf[host.LaunchAgent](d)[0].Spec.Load)
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, second, s.Agent.Turn)
	require.Equal(t, protocol.ContinuedNew, continued(s)[0].Continued)
	require.Contains(t, continued(s)[0].Reason, "it exited")
	t.Run("and does not load that session again", func(t *testing.T) {
		s.AgentReports(rules.AgentTurnEnded{Turn: second})
		s.AgentReports(rules.AgentExited{})
		s.DeliverAll()
		s.Prompt(s.Owner())
		s.DeliverAll()
		require.Equal(t, "theirs", s.HostState().EarlierSession(), "it loads the newer session")
	})
}

func TestState_prompts_fail_with_the_reason_if_the_agent_cannot_be_started(t *testing.T) {
	s, second := afterExit(t, false)
	s.Do(s.Host, host.LaunchFailed{Err: errors.New("no disk")})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(second).Status)
	third := s.Prompt(s.Owner())
	s.DeliverAll()
	require.True(t, s.Agent.Launching, "the agent is started again")
	s.Do(s.Host, host.LaunchFailed{Err: errors.New("still no disk")})
	require.Contains(t, s.HostState().Ended[0].Failure, "still no disk")
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(third).Status)
	require.Equal(t, protocol.CodeAgentUnavailable, failed(s, third).Code)
	require.Equal(t, protocol.AgentExited, s.State.Agent)
	require.Contains(t, s.State.AgentDetail, "still no disk")
}

func TestState_a_prompt_fails_with_AGENT_AUTH_REQUIRED(t *testing.T) {
	login := fmt.Errorf("%w: run kestrel login", rules.ErrAuthRequired)
	t.Run("if the agent cannot be started again", func(t *testing.T) {
		s, second := afterExit(t, true)
		s.Do(s.Host, host.LaunchFailed{Err: login})
		s.DeliverAll()
		require.Equal(t, protocol.CodeAgentAuthRequired, failed(s, second).Code)
		require.Contains(t, failed(s, second).Error, "run kestrel login")
	})
	t.Run("if the agent refuses the prompt", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		first := s.RunPrompt()
		s.AgentReports(rules.AgentTurnEnded{Turn: first, Err: login})
		s.DeliverAll()
		require.Equal(t, protocol.CodeAgentAuthRequired, failed(s, first).Code)
	})
	t.Run("but not if the prompt was cancelled", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		first := s.RunPrompt()
		require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{}).Err)
		s.DeliverAll()
		s.AgentReports(rules.AgentTurnEnded{Turn: first, Err: login})
		s.DeliverAll()
		require.Empty(t, failed(s, first).Code)
	})
}
