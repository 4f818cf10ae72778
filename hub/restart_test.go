package hub_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/protocol"
)

func TestRestart_queued_prompts_run_and_the_running_one_fails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		var running, queued protocol.PromptAnswer
		r.host.do(&protocol.Prompt{Prompt: "one"}, &running)
		r.host.do(&protocol.Prompt{Prompt: "two"}, &queued)
		r.nextPrompt()
		r.askPermission("q")
		r.restart()
		r.nextAgent()
		require.Equal(t, "theirs", r.agent.Spec.Load, "the agent continues its session")
		require.Equal(t, "two", r.nextPrompt().Text)
		r.endTurn(queued.Approval.ID)
		back := r.host.resume(r.host.cursor())
		event[*protocol.PermissionWithdrawn](back)
		failed := event[*protocol.PromptDispatchFailed](back)
		require.Equal(t, running.Approval.ID, failed.ApprovalID)
		require.Equal(t, queued.Approval.ID, event[*protocol.PromptDispatchCompleted](back).ApprovalID)
	})
}

func TestRestart_an_agent_that_cannot_load_its_session_begins_a_new_one(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := hubtest.NewAgents()
		agents.CannotLoad = true
		j := newJournal()
		r := newRoomOn(t, j, agents, hub.Options{})
		r.host.do(&protocol.Prompt{Prompt: "one"}, nil)
		r.host.do(&protocol.Prompt{Prompt: "two"}, nil)
		synctest.Wait()
		r.restart()
		r.nextAgent()
		require.Empty(t, r.agent.Spec.Load)
		require.Equal(t, "two", r.nextPrompt().Text)
		back := r.host.resume(r.host.cursor())
		event[*protocol.PromptDispatchFailed](back)
		require.Equal(t, protocol.ContinuedNew, event[*protocol.AgentSession](back).Continued)
		event[*protocol.PromptDispatchStarted](back)
	})
}

func TestRestart_an_agent_without_a_turn_begins_a_new_session(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := hubtest.NewAgents()
		agents.CannotLoad = true
		r := newRoomOn(t, newJournal(), agents, hub.Options{})
		r.restart()
		back := r.host.resume(r.host.cursor())
		back.do(&protocol.Prompt{Prompt: "the first"}, nil)
		again, err := agents.Next(t.Context())
		require.NoError(t, err)
		require.Empty(t, again.Spec.Load, "there is nothing to load")
		event[*protocol.PromptDispatchStarted](back)
	})
}

func TestRestart_a_repeated_command_returns_the_first_answer(t *testing.T) {
	r, _ := newRoom(t, hub.Options{})
	who := r.hostCredentials()
	prompt := protocol.Request{ID: "same", Command: &protocol.Prompt{Prompt: "once"}}
	first, err := r.do(who, prompt)
	require.NoError(t, err)
	r.nextPrompt()
	r.restart()
	r.requireDuplicate(who, prompt, first)
	prompt.Command = &protocol.Prompt{Prompt: "another"}
	_, err = r.do(who, prompt)
	requireCode(t, protocol.CodeInvalidRequest, err)
}
