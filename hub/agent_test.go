package hub_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// question is a request of the agent for permission.
func question(id string) rules.AgentPermission {
	return rules.AgentPermission{
		RequestID: id,
		ToolCall:  []byte(`{"toolCallId":"1"}`),
		Options:   []byte(`[{"optionId":"always","kind":"allow_always"},{"optionId":"yes","kind":"allow_once"},{"optionId":"no","kind":"reject_once"}]`),
		Choices:   []rules.AgentOption{{ID: "always", Kind: "allow_always"}, {ID: "yes", Kind: "allow_once"}, {ID: "no", Kind: "reject_once"}},
	}
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
		r.agents.FailStarts(journal.ErrFull)
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		event[*protocol.PromptDispatchFailed](r.host)
		r.agents.FailStarts(nil)
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.nextAgent()
		r.prompted()
	})
}

func TestAgent_that_does_not_start_is_refused_by_whose_mistake_it_is(t *testing.T) {
	r, _ := newRoom(t, hub.Options{})
	for err, want := range map[error]protocol.Code{
		rules.ErrCwdNotAllowed: protocol.CodeInvalidRequest, // the client's
		rules.ErrNoCommand:     protocol.CodeAgentNotFound,  // the operator's
		rules.ErrNoDir:         protocol.CodeAgentNotFound,  // likewise
		rules.ErrAuthRequired:  protocol.CodeAgentAuthRequired,
		rules.ErrAgentFailed:   protocol.CodeAgentFailed,
		journal.ErrFull:        protocol.CodeAgentUnavailable,
	} {
		r.agents.FailStarts(fmt.Errorf("agent %q: %w", "demo", err))
		_, refusal := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Cwd: "/elsewhere"}, "")
		require.Equal(t, want, protocol.AsError(refusal).Code)
	}
}

func TestAgent_is_stopped_once_by_a_command_that_comes_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		who := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
		stop := protocol.Request{ID: "same", Command: &protocol.StopAgent{}}
		first, err := r.hub.Do(t.Context(), r.id, who, stop)
		require.NoError(t, err)
		synctest.Wait()
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.nextAgent()
		r.prompted()
		again, err := r.hub.Do(t.Context(), r.id, who, stop)
		require.NoError(t, err)
		require.True(t, again.Duplicate)
		require.Equal(t, first.Payload, again.Payload)
		synctest.Wait()
		hs, err := r.hub.HostSession(t.Context(), r.session.HostSessionID)
		require.NoError(t, err)
		require.Equal(t, protocol.AgentRunning, hs.Status, "the next agent is left alone")
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
		r.agent.Say(rules.AgentTurnEnded{Turn: turn, StopReason: "end_turn"})
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
		r.host.say(&protocol.Prompt{Prompt: "three"}, nil)
		require.Contains(t, event[*protocol.PromptDispatchFailed](r.host).Error, "deleted")
		r.host.sub.Close()
		pass(20 * time.Minute)
		require.Zero(t, r.hub.Awake())
	})
}

// lateAgents get ready although nobody wants them any more.
type lateAgents struct {
	*hubtest.Agents
	ready chan struct{}
}

func (a *lateAgents) Launch(_ context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	<-a.ready
	return a.Agents.Launch(context.Background(), spec, sink)
}

func TestAgent_that_gets_ready_while_the_hub_stops_is_ended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := &lateAgents{hubtest.NewAgents(), make(chan struct{})}
		j := newJournal()
		defer j.Close()
		h := hub.New(j, agents, rules.Key{}, hub.Options{})
		require.NoError(t, h.Start(t.Context()))
		created := make(chan error, 1)
		go func() {
			_, err := h.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
			created <- err
		}()
		synctest.Wait()
		stopped := make(chan error, 1)
		go func() { stopped <- h.Stop(context.Background()) }()
		synctest.Wait()
		close(agents.ready)
		require.NoError(t, <-stopped)
		require.Error(t, <-created)
		a, err := agents.Next(t.Context())
		require.NoError(t, err)
		<-a.Exited()
	})
}
