package hub_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/rules"
	"parley/protocol"
)

func TestRestart_queued_prompts_run_and_the_running_one_has_failed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		var running, queued protocol.PromptAnswer
		r.host.say(&protocol.Prompt{Prompt: "one"}, &running)
		r.host.say(&protocol.Prompt{Prompt: "two"}, &queued)
		r.prompted()
		r.agent.Say(question("q"))
		event[*protocol.PermissionRequested](r.host)
		r.restart()
		r.nextAgent()
		require.Equal(t, "theirs", r.agent.Spec.Load, "the agent goes on with its session")
		require.Equal(t, "two", r.prompted().Text)
		r.agent.Say(rules.AgentTurnEnded{Turn: queued.Approval.ID, StopReason: "end_turn"})
		back := r.host.resume(r.cursorOf(r.host))
		event[*protocol.PermissionWithdrawn](back)
		failed := event[*protocol.PromptDispatchFailed](back)
		require.Equal(t, running.Approval.ID, failed.ApprovalID)
		require.Equal(t, queued.Approval.ID, event[*protocol.PromptDispatchCompleted](back).ApprovalID)
	})
}

func TestRestart_an_agent_that_cannot_load_its_session_goes_on_without_it(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := hubtest.NewAgents()
		agents.CannotLoad = true
		j := newJournal()
		r := newRoomOn(t, j, agents, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "one"}, nil)
		r.host.say(&protocol.Prompt{Prompt: "two"}, nil)
		synctest.Wait()
		r.restart()
		r.nextAgent()
		require.Empty(t, r.agent.Spec.Load)
		require.Equal(t, "two", r.prompted().Text)
		back := r.host.resume(r.cursorOf(r.host))
		event[*protocol.PromptDispatchFailed](back)
		require.Equal(t, protocol.ContinuedNew, event[*protocol.AgentSession](back).Continued)
		event[*protocol.PromptDispatchStarted](back)
	})
}

func TestRestart_an_agent_that_had_no_turn_begins_anew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := hubtest.NewAgents()
		agents.CannotLoad = true
		r := newRoomOn(t, newJournal(), agents, hub.Options{})
		r.restart()
		back := r.host.resume(r.cursorOf(r.host))
		back.say(&protocol.Prompt{Prompt: "the first"}, nil)
		again, err := agents.Next(t.Context())
		require.NoError(t, err)
		require.Empty(t, again.Spec.Load, "there is nothing to load")
		event[*protocol.PromptDispatchStarted](back)
	})
}

func TestRestart_a_command_is_known_by_its_id(t *testing.T) {
	r, _ := newRoom(t, hub.Options{})
	who := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
	prompt := protocol.Request{ID: "same", Command: &protocol.Prompt{Prompt: "once"}}
	first, err := r.hub.Do(t.Context(), r.id, who, prompt)
	require.NoError(t, err)
	r.prompted()
	r.restart()
	again, err := r.hub.Do(t.Context(), r.id, who, prompt)
	require.NoError(t, err)
	require.True(t, again.Duplicate)
	require.Equal(t, first.Payload, again.Payload)
	prompt.Command = &protocol.Prompt{Prompt: "another"}
	_, err = r.hub.Do(t.Context(), r.id, who, prompt)
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidRequest})
}
