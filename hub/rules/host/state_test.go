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

func asks(id string, options ...rules.AgentOption) rules.AgentPermission {
	return rules.AgentPermission{RequestID: id, Options: rules.RawJSON(options), Choices: options}
}

var usual = []rules.AgentOption{{ID: "always", Kind: "allow_always"}, {ID: "yes", Kind: "allow_once"}, {ID: "never", Kind: "reject_always"}, {ID: "no", Kind: "reject_once"}}

func TestHost_Turns(t *testing.T) {
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
	t.Run("handed over twice run once", func(t *testing.T) {
		id := s.Prompt(s.Owner())
		again := rules.Dispatch{Turn: s.State.Turn(s.State.OpenPrompt(id).Approval, s.Owner(), s.Owner())}
		s.DeliverAll()
		require.Len(t, rulestest.MessagesOf[rules.TurnStarted](s.Do(s.Host, again)), 1)
		s.AgentReports(rules.AgentTurnEnded{Turn: id})
		require.Len(t, rulestest.MessagesOf[rules.TurnEnded](s.Do(s.Host, again)), 1)
		require.Equal(t, 1, s.Agent.Prompts[id])
	})
}

// A shared session that has not heard yet hands its prompt over all the same.
func TestHost_refuses_a_prompt_that_would_never_run(t *testing.T) {
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

func TestHost_a_turn_fails_with_the_agents_error(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	id := s.RunPrompt()
	s.AgentReports(rules.AgentTurnEnded{Turn: id, Err: journal.ErrFull})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
}

func TestHost_an_end_of_another_turn_is_not_heard(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	require.Empty(t, s.Do(s.Host, host.AgentReported{Event: rules.AgentTurnEnded{Turn: "of old"}}).Events)
}

func TestHost_Permission_policies(t *testing.T) {
	cases := []struct {
		name    string
		policy  protocol.PermissionPolicy
		options []rules.AgentOption
		answer  string // of the policy
		asked   bool   // people are asked
	}{
		{"ask asks people", protocol.PermissionsAsk, usual, "", true},
		{"allow allows once", protocol.PermissionsAllow, usual, "yes", false},
		{"allow never allows always", protocol.PermissionsAllow, usual[:1], "", true},
		{"reject rejects once", protocol.PermissionsReject, usual, "no", false},
		{"reject rejects for good where there is nothing else", protocol.PermissionsReject, usual[:3], "never", false},
		{"reject cancels where there is nothing to reject with", protocol.PermissionsReject, usual[:2], "", false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			s.HostState().Session.Permissions = tc.policy
			s.RunPrompt()
			d := s.Do(s.Host, host.AgentReported{Event: asks("q", tc.options...)})
			require.Len(t, rulestest.MessagesOf[rules.PermissionRequested](d), 1, "everybody sees what was asked")
			if tc.asked {
				require.Empty(t, rulestest.MessagesOf[host.AnswerAgent](d))
				return
			}
			require.Equal(t, []host.AnswerAgent{{RequestID: "q", OptionID: tc.answer}}, rulestest.MessagesOf[host.AnswerAgent](d))
			require.Equal(t, protocol.SourcePolicy, rulestest.MessagesOf[rules.PermissionResolved](d)[0].Resolved.Source)
		})
	}
}

func TestHost_the_first_answer_wins(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(asks("q", usual...))
	d := s.Do(s.Host, rules.PermissionAnswer{RequestID: "q", OptionID: "yes", By: s.Owner(), Shared: s.Session.ID})
	require.Equal(t, []host.AnswerAgent{{RequestID: "q", OptionID: "yes"}}, rulestest.MessagesOf[host.AnswerAgent](d))
	d = s.Do(s.Host, rules.PermissionAnswer{RequestID: "q", OptionID: "no", By: s.Owner(), Shared: s.Session.ID})
	require.Empty(t, rulestest.MessagesOf[host.AnswerAgent](d))
	require.Empty(t, d.Events)
}

func TestHost_a_question_that_nobody_answers_is_rejected_in_time(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(asks("q", usual...))
	require.Equal(t, s.Now.Add(30*time.Minute), s.HostState().Due())
	s.Now = s.Now.Add(30 * time.Minute)
	require.Equal(t, []host.AnswerAgent{{RequestID: "q", OptionID: "no"}}, rulestest.MessagesOf[host.AnswerAgent](s.Do(s.Host, rules.Tick{})))
}

func TestHost_a_question_that_the_agent_takes_back_is_withdrawn(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(asks("q", usual...))
	s.AgentReports(rules.AgentWithdrawn{RequestID: "q"})
	s.DeliverAll()
	require.Empty(t, s.State.Permissions)
	require.Equal(t, string(protocol.EventPermissionWithdrawn), s.Session.Journal[len(s.Session.Journal)-1].Type)
}

func TestHost_Cancel_answers_questions_as_cancelled_first(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(asks("q", usual...))
	s.DeliverAll()
	d := s.Do(s.Host, host.Cancel{})
	require.Equal(t, []host.AnswerAgent{{RequestID: "q", OptionID: ""}}, rulestest.MessagesOf[host.AnswerAgent](d))
	require.Equal(t, rules.Effect(host.CancelAgent{}), d.Effects[len(d.Effects)-1])
	late := s.Do(s.Host, host.AgentReported{Event: asks("late", usual...)})
	require.Equal(t, []host.AnswerAgent{{RequestID: "late", OptionID: ""}}, rulestest.MessagesOf[host.AnswerAgent](late), "a turn that is being cancelled asks nobody")
	require.Empty(t, late.Events)
}

func TestHost_a_turn_that_takes_too_long_is_cancelled(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{TurnTimeout: time.Hour})
	id := s.RunPrompt()
	s.Now = s.Now.Add(time.Hour)
	require.Contains(t, s.Do(s.Host, rules.Tick{}).Effects, rules.Effect(host.CancelAgent{}))
	s.AgentReports(rules.AgentTurnEnded{Turn: id, StopReason: "cancelled"})
	require.Contains(t, s.HostState().Ended[0].Failure, "took longer")
}

func TestHost_after_a_crash(t *testing.T) {
	t.Run("runs nothing of a session that has ended meanwhile", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.RunPrompt()
		queued := s.Prompt(s.Owner())
		s.DeliverAll()
		s.EffectsLeft = 0 // the host session is not told
		require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		s.Crash()
		s.DeliverAll()
		require.False(t, s.Agent.Launching)
		require.Zero(t, s.Agent.Prompts[queued])
		require.Empty(t, s.HostState().Ended)
	})
	t.Run("says again how a turn ended", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		id := s.RunPrompt()
		s.EffectsLeft = 0
		s.AgentReports(rules.AgentTurnEnded{Turn: id, StopReason: "end_turn"})
		s.Crash()
		s.DeliverAll()
		require.Nil(t, s.Session.SharedState().OpenPrompt(id))
		require.Equal(t, protocol.ApprovalApproved, s.Approval(id).Status, "it completed")
	})
}

func TestHost_a_deleted_one_forgets_what_is_confirmed(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.Do(s.Host, host.Delete{})
	require.Len(t, s.HostState().Ended, 1)
	s.DeliverAll()
	require.False(t, s.HostState().Busy())
	require.Contains(t, s.Do(s.Host, host.Launched{SessionID: "late", CanLoad: true}).Effects, rules.Effect(host.EndAgent{}))
	require.Equal(t, protocol.CodeHostSessionNotFound, rulestest.ErrorCode(s.Do(s.Host, host.Read{}).Err))
}

func TestHost_learns_whether_a_shared_session_is_open_from_a_journal_without_account(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.HostState().Occupied = false // as an earlier version left it
	s.Do(s.Host, rules.Loaded{OpenShared: []journal.SessionID{s.Session.ID}})
	require.True(t, s.HostState().Occupied)
	s.Do(s.Host, rules.Loaded{})
	require.False(t, s.HostState().Occupied, "the news that it ended was lost")
}
