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

func TestState_turns(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	first := s.RunPrompt()
	second, third := s.Prompt(s.Owner()), s.Prompt(s.Owner())
	s.DeliverAll()
	t.Run("run one at a time, in order", func(t *testing.T) {
		for _, id := range []string{first, second, third} {
			require.Equal(t, id, s.Agent.Turn)
			s.AgentReports(rules.AgentTurnEnded{Turn: id, StopReason: "end_turn"})
			s.DeliverAll()
		}
		require.Empty(t, s.Agent.Turn)
		require.Empty(t, s.HostState().Ended)
	})
	t.Run("that are sent twice run once", func(t *testing.T) {
		id := s.Prompt(s.Owner())
		again := rules.Dispatch{Turn: s.State.Turn(s.State.OpenPrompt(id).Approval, s.Owner(), s.Owner())}
		s.DeliverAll()
		require.Len(t, rulestest.MessagesOf[rules.TurnStarted](s.Do(s.Host, again)), 1)
		s.AgentReports(rules.AgentTurnEnded{Turn: id})
		require.Len(t, rulestest.MessagesOf[rules.TurnEnded](s.Do(s.Host, again)), 1)
		require.Equal(t, 1, s.Agent.Prompts[id])
	})
}

// The queue can become full after the shared session has dispatched the prompt.
func TestState_refuses_a_prompt_if_the_queue_is_full(t *testing.T) {
	t.Run("as too many wait", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxQueued: 1})
		s.RunPrompt()
		waits := func(id string) rules.Decision {
			return s.Do(s.Host, rules.Dispatch{Turn: rules.Turn{Approval: id, Shared: s.Session.ID}})
		}
		require.Len(t, rulestest.MessagesOf[rules.TurnAccepted](waits("first")), 1)
		d := waits("second")
		require.Empty(t, d.Events)
		require.NotEmpty(t, rulestest.MessagesOf[rules.TurnEnded](d)[0].Failure)
	})
}

func TestState_a_turn_fails_with_the_agents_error(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	id := s.RunPrompt()
	s.AgentReports(rules.AgentTurnEnded{Turn: id, Err: journal.ErrFull})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
}

func TestState_ignores_the_end_of_another_turn(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	require.Empty(t, s.Do(s.Host, host.AgentReported{Event: rules.AgentTurnEnded{Turn: "of old"}}).Events)
}

func TestState_Cancel_first_answers_the_permission_requests_as_cancelled(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(asks("q", usual...))
	s.DeliverAll()
	d := s.Do(s.Host, host.Cancel{})
	require.Equal(t, []host.AnswerAgent{{RequestID: "q", OptionID: ""}}, rulestest.MessagesOf[host.AnswerAgent](d))
	require.Equal(t, rules.Effect(host.CancelAgent{}), d.Effects[len(d.Effects)-1])
	late := s.Do(s.Host, host.AgentReported{Event: asks("late", usual...)})
	require.Equal(t, []host.AnswerAgent{{RequestID: "late", OptionID: ""}}, rulestest.MessagesOf[host.AnswerAgent](late), "participants are not asked in a turn that is being cancelled")
	require.Empty(t, late.Events)
}

func TestState_cancels_a_turn_after_its_timeout(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{TurnTimeout: time.Hour})
	id := s.RunPrompt()
	s.Now = s.Now.Add(time.Hour)
	require.Contains(t, s.Do(s.Host, rules.Tick{}).Effects, rules.Effect(host.CancelAgent{}))
	s.AgentReports(rules.AgentTurnEnded{Turn: id, StopReason: "cancelled"})
	require.Contains(t, s.HostState().Ended[0].Failure, "took longer")
}
