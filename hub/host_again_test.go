package hub

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// dead is a stage on which the agent has died in the first of two turns.
func dead(t *testing.T, canLoad bool) (s *stage, second string) {
	s = newStage(t, settings{})
	s.hostState().CanLoad = canLoad
	first := s.runs()
	second = s.prompts(s.owner())
	s.deliverAll()
	s.agentSays(asks("q", usual...))
	s.agentSays(AgentExited{})
	s.deliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.approval(first).Status)
	require.Empty(t, s.state.Permissions, "its questions are void")
	require.True(t, s.agent.launching)
	return s, second
}

// continued are the notes that people got of how the agent goes on.
func (s *stage) continued() []protocol.AgentSession {
	var notes []protocol.AgentSession
	for _, r := range s.n.log {
		e, err := decodeShared(r)
		require.NoError(s.t, err)
		if p, ok := e.public.(*protocol.AgentSession); ok {
			notes = append(notes, *p)
		}
	}
	return notes
}

// failed is the news that a prompt has failed.
func (s *stage) failed(approval string) protocol.PromptDispatchFailed {
	for _, r := range s.n.log {
		e, err := decodeShared(r)
		require.NoError(s.t, err)
		if p, ok := e.public.(*protocol.PromptDispatchFailed); ok && p.ApprovalID == approval {
			return *p
		}
	}
	s.t.Fatal("the prompt has not failed")
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
			s.agent.launching, s.agent.up = false, true
			s.do(s.host, launched{"theirs", tc.canLoad, tc.fails})
			s.deliverAll()
			require.Equal(t, second, s.agent.turn)
			require.Equal(t, []protocol.AgentSession{tc.want}, s.continued())
			require.NoError(t, s.by(s.owner(), &protocol.Prompt{Prompt: "more"}).err, "the room is usable")
		})
	}
}

func TestHost_an_agent_that_dies_of_loading_its_session_begins_anew(t *testing.T) {
	s, second := dead(t, true)
	d := s.do(s.host, launchFailed{fmt.Errorf("%w: it exited", ErrCannotLoad)})
	require.Empty(t, told[launchAgent](d)[0].spec.Load)
	s.launched(true)
	s.deliverAll()
	require.Equal(t, second, s.agent.turn)
	require.Equal(t, protocol.ContinuedNew, s.continued()[0].Continued)
	require.Contains(t, s.continued()[0].Reason, "it exited")
	t.Run("and is not asked to load that session again", func(t *testing.T) {
		s.agentSays(AgentTurnEnded{Turn: second})
		s.agentSays(AgentExited{})
		s.deliverAll()
		s.prompts(s.owner())
		s.deliverAll()
		require.Equal(t, "theirs", s.hostState().earlier(), "but the newer one")
	})
}

func TestHost_an_agent_that_cannot_be_started_fails_each_prompt_with_the_reason(t *testing.T) {
	s, second := dead(t, false)
	s.do(s.host, launchFailed{errors.New("no disk")})
	s.deliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.approval(second).Status)
	third := s.prompts(s.owner())
	s.deliverAll()
	require.True(t, s.agent.launching, "it is tried again")
	s.do(s.host, launchFailed{errors.New("still no disk")})
	require.Contains(t, s.hostState().Ended[0].Failure, "still no disk")
	s.deliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.approval(third).Status)
	require.Equal(t, protocol.CodeAgentUnavailable, s.failed(third).Code)
	require.Equal(t, protocol.AgentExited, s.state.Agent)
	require.Contains(t, s.state.AgentDetail, "still no disk")
}

func TestHost_a_prompt_says_in_the_room_that_nobody_is_signed_in_at_the_agent(t *testing.T) {
	login := fmt.Errorf("%w: run kestrel login", ErrAuthRequired)
	t.Run("where the agent cannot be started again", func(t *testing.T) {
		s, second := dead(t, true)
		s.do(s.host, launchFailed{login})
		s.deliverAll()
		require.Equal(t, protocol.CodeAgentAuthRequired, s.failed(second).Code)
		require.Contains(t, s.failed(second).Error, "run kestrel login")
	})
	t.Run("where the agent refuses the prompt", func(t *testing.T) {
		s := newStage(t, settings{})
		first := s.runs()
		s.agentSays(AgentTurnEnded{Turn: first, Err: login})
		s.deliverAll()
		require.Equal(t, protocol.CodeAgentAuthRequired, s.failed(first).Code)
	})
	t.Run("but not where it was cancelled", func(t *testing.T) {
		s := newStage(t, settings{})
		first := s.runs()
		require.NoError(t, s.by(s.owner(), &protocol.Cancel{}).err)
		s.deliverAll()
		s.agentSays(AgentTurnEnded{Turn: first, Err: login})
		s.deliverAll()
		require.Empty(t, s.failed(first).Code)
	})
}

func TestHost_a_prompt_after_stop_agent_waits_for_the_next_process(t *testing.T) {
	s := newStage(t, settings{})
	first := s.runs()
	require.NoError(t, s.by(s.owner(), &protocol.StopAgent{}).err)
	s.deliverAll()
	require.Equal(t, protocol.AgentEnding, s.hostState().resource().Status)
	require.Equal(t, protocol.AgentEnding, s.state.Agent)
	second := s.prompts(s.owner())
	s.deliverAll()
	s.agentSays(AgentTurnEnded{Turn: first, StopReason: "cancelled"}) // it answers before it exits
	s.deliverAll()
	require.Zero(t, s.agent.given[second], "the agent that ends gets no prompt")
	s.agentSays(AgentExited{})
	s.deliverAll()
	require.True(t, s.agent.launching)
	s.launched(true)
	require.Equal(t, second, s.agent.turn)
}

func TestHost_an_agent_that_is_stopped_while_it_starts(t *testing.T) {
	s, second := dead(t, true)
	s.do(s.host, stopAgent{})
	s.deliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.approval(second).Status, "what waited for it does not start it again")
	third := s.prompts(s.owner())
	s.deliverAll()
	t.Run("ends although it is ready by then", func(t *testing.T) {
		require.Equal(t, []effect{endAgent{}}, s.do(s.host, launched{sessionID: "theirs", canLoad: true}).effects)
	})
	s.do(s.host, launchFailed{errors.New("given up")})
	s.deliverAll()
	require.True(t, s.agent.launching, "what came later does")
	s.launched(true)
	require.Equal(t, third, s.agent.turn)
}

func TestHost_stopping_an_agent_that_is_not_there_says_so(t *testing.T) {
	s := newStage(t, settings{})
	s.agentSays(AgentExited{})
	s.deliverAll()
	require.NoError(t, s.by(s.owner(), &protocol.StopAgent{}).err)
	s.deliverAll()
	require.Equal(t, protocol.AgentExited, s.state.Agent)
}

func TestHost_tells_how_a_start_goes(t *testing.T) {
	s, _ := dead(t, true)
	s.agentSays(AgentProgress{"fetching"})
	s.agentSays(AgentProgress{"fetching"})
	s.deliverAll()
	require.Equal(t, "fetching", s.state.AgentDetail)
	require.Equal(t, "fetching", s.hostState().resource().Detail)
	e, err := decodeShared(s.n.log[len(s.n.log)-1])
	require.NoError(t, err)
	require.Equal(t, s.hostState().StartedAt, *e.public.(*protocol.AgentStatusChanged).StartedAt)
	s.launched(true)
	s.deliverAll()
	require.Empty(t, s.state.AgentDetail)
	require.Empty(t, s.do(s.host, agentSays{AgentProgress{"late"}}).events)
}

func TestHost_notes_stray_output_once_a_turn(t *testing.T) {
	s := newStage(t, settings{})
	noted := func() []agentNote { return told[agentNote](s.do(s.host, agentSays{AgentStrayOutput{}})) }
	require.Nil(t, noted()[0].note.ApprovalID)
	require.Empty(t, noted(), "once outside of turns")
	for range 2 {
		id := s.runs()
		require.Equal(t, id, *noted()[0].note.ApprovalID)
		require.Empty(t, noted())
		s.agentSays(AgentTurnEnded{Turn: id})
		s.deliverAll()
	}
	require.Empty(t, noted())
}
