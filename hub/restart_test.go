package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/protocol"
)

// question is a request of the agent for permission.
func question(id string) hub.AgentPermission {
	return hub.AgentPermission{
		RequestID: id,
		ToolCall:  []byte(`{"toolCallId":"1"}`),
		Options:   []byte(`[{"optionId":"always","kind":"allow_always"},{"optionId":"yes","kind":"allow_once"},{"optionId":"no","kind":"reject_once"}]`),
		Choices:   []hub.AgentOption{{ID: "always", Kind: "allow_always"}, {ID: "yes", Kind: "allow_once"}, {ID: "no", Kind: "reject_once"}},
	}
}

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
		r.agent.Say(hub.AgentTurnEnded{Turn: queued.Approval.ID, StopReason: "end_turn"})
		back := r.host.resume(r.cursorOf(r.host))
		event[*protocol.PermissionWithdrawn](back)
		failed := event[*protocol.PromptDispatchFailed](back)
		require.Equal(t, running.Approval.ID, failed.ApprovalID)
		require.Equal(t, queued.Approval.ID, event[*protocol.PromptDispatchCompleted](back).ApprovalID)
	})
}

func TestRestart_prompts_fail_where_the_agent_cannot_come_back(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := hubtest.NewAgents()
		agents.CannotLoad = true
		j := newJournal()
		r := newRoomOn(t, j, agents, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "one"}, nil)
		r.host.say(&protocol.Prompt{Prompt: "two"}, nil)
		synctest.Wait()
		r.restart()
		back := r.host.resume(r.cursorOf(r.host))
		event[*protocol.PromptDispatchFailed](back)
		event[*protocol.PromptDispatchFailed](back)
		synctest.Wait()
		require.Equal(t, protocol.CodeAgentUnavailable, back.refused(&protocol.Prompt{Prompt: "three"}))
		back.say(&protocol.Chat{Text: "we can still talk"}, nil)
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

func TestAgent_dies_in_a_turn_and_the_queue_goes_on_with_a_new_one(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "one"}, nil)
		r.host.say(&protocol.Prompt{Prompt: "two"}, nil)
		r.prompted()
		synctest.Wait()
		r.agent.Exit(7)
		require.Equal(t, "the agent exited with code 7", event[*protocol.PromptDispatchFailed](r.host).Error)
		r.nextAgent()
		require.Equal(t, "two", r.prompted().Text)
	})
}

func TestAgent_that_ends_as_it_begins_is_not_taken_for_one_that_runs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.agent.Exit(1)
		synctest.Wait()
		for range 8 {
			r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
			r.nextAgent()
			r.agent.Exit(1) // perhaps before the hub hears that it is ready
			event[*protocol.PromptDispatchFailed](r.host)
		}
	})
}

func TestAgent_that_does_not_start_fails_the_prompt_and_is_tried_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.agent.Exit(1)
		synctest.Wait()
		r.agents.FailStarts(hub.ErrFull)
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		event[*protocol.PromptDispatchFailed](r.host)
		r.agents.FailStarts(nil)
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.nextAgent()
		r.prompted()
	})
}

func TestAgent_a_permission_is_answered_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.prompted()
		r.agent.Say(question("q"))
		event[*protocol.PermissionRequested](r.host)
		other := r.host.again()
		require.Len(t, other.welcome.Permissions, 1, "who comes later sees it")
		release := j.Hold()
		first := r.host.send(&protocol.AnswerPermission{RequestID: "q", OptionID: "yes"})
		synctest.Wait()
		second := other.send(&protocol.AnswerPermission{RequestID: "q", OptionID: "no"})
		synctest.Wait()
		release()
		_, err := r.host.answer(first)
		require.Nil(t, err)
		_, err = other.answer(second)
		require.Equal(t, protocol.CodePermissionAlreadyResolved, err.Code)
		answer, failed := r.agent.NextAnswer(t.Context())
		require.NoError(t, failed)
		require.Equal(t, hubtest.PermissionAnswer{RequestID: "q", OptionID: "yes"}, answer)
		require.Equal(t, protocol.CodePermissionAlreadyResolved, r.host.refused(&protocol.AnswerPermission{RequestID: "q", OptionID: "no"}))
	})
}

func TestAgent_a_permission_that_nobody_answers_is_rejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.prompted()
		r.agent.Say(question("q"))
		event[*protocol.PermissionRequested](r.host)
		pass(31 * time.Minute)
		answer, err := r.agent.NextAnswer(t.Context())
		require.NoError(t, err)
		require.Equal(t, "no", answer.OptionID)
		require.Equal(t, protocol.SourceTimeout, event[*protocol.PermissionResolved](r.host).Source)
	})
}

func TestAgent_of_two_shared_sessions_is_heard_by_both_and_asks_the_one_whose_turn_runs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		first := r.host
		r.share(r.session.HostSessionID)
		second := r.host
		r.agent.Say(question("before"))
		event[*protocol.PermissionRequested](first)
		event[*protocol.PermissionRequested](second)
		second.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.prompted()
		second.say(&protocol.AnswerPermission{RequestID: "before", OptionID: "yes"}, nil)
		require.Equal(t, "before", event[*protocol.PermissionResolved](first).RequestID, "all that were asked hear the answer")
		r.agent.Say(question("within"))
		r.agent.Say(notification(1))
		event[*protocol.PermissionRequested](second)
		event[*protocol.HostSessionUpdate](second)
		for {
			e := next[*protocol.Event](first)
			require.NotEqual(t, protocol.EventPermissionRequested, e.Type)
			if e.Type == protocol.EventHostSessionUpdate {
				return
			}
		}
	})
}

func TestAgent_that_goes_on_after_a_cancel_is_called_unresponsive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		turn := r.prompted().Turn
		event[*protocol.PromptDispatchStarted](r.host)
		r.host.say(&protocol.Cancel{}, nil)
		require.NoError(t, r.agent.NextCancel(t.Context()))
		pass(11 * time.Second)
		require.Equal(t, protocol.AgentUnresponsive, event[*protocol.AgentStatusChanged](r.host).Status)
		r.agent.Say(hub.AgentTurnEnded{Turn: turn, StopReason: "end_turn"})
		require.Equal(t, "cancelled", event[*protocol.PromptDispatchFailed](r.host).Error)
		require.Equal(t, protocol.AgentIdle, event[*protocol.AgentStatusChanged](r.host).Status)
	})
}

func TestAgent_a_deleted_one_ends_and_leaves_memory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "one"}, nil)
		r.host.say(&protocol.Prompt{Prompt: "two"}, nil)
		synctest.Wait()
		require.NoError(t, r.hub.DeleteHost(t.Context(), r.session.HostSessionID))
		<-r.agent.Exited()
		event[*protocol.PromptDispatchFailed](r.host)
		event[*protocol.PromptDispatchFailed](r.host)
		require.Equal(t, protocol.AgentExited, event[*protocol.AgentStatusChanged](r.host).Status)
		require.Equal(t, protocol.CodeAgentUnavailable, r.host.refused(&protocol.Prompt{Prompt: "three"}))
		r.host.sub.Close()
		pass(20 * time.Minute)
		require.Zero(t, r.hub.Awake())
	})
}
