package hub

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/protocol"
)

func asks(id string, options ...AgentOption) AgentPermission {
	return AgentPermission{RequestID: id, Options: rawJSON(options), Choices: options}
}

var usual = []AgentOption{{"always", "allow_always"}, {"yes", "allow_once"}, {"never", "reject_always"}, {"no", "reject_once"}}

func TestHost_Turns(t *testing.T) {
	s := newStage(t, settings{})
	first := s.runs()
	second, third := s.prompts(s.owner()), s.prompts(s.owner())
	s.deliverAll()
	t.Run("run one at a time, in order", func(t *testing.T) {
		for _, id := range []string{first, second, third} {
			require.Equal(t, id, s.agent.turn)
			s.agentSays(AgentTurnEnded{Turn: id, StopReason: "end_turn"})
			s.deliverAll()
		}
		require.Empty(t, s.agent.turn)
		require.Empty(t, s.hostState().Ended)
	})
	t.Run("handed over twice run once", func(t *testing.T) {
		id := s.prompts(s.owner())
		again := dispatch{s.state.turn(s.state.open(id).Approval, s.owner(), s.owner())}
		s.deliverAll()
		require.Len(t, told[turnStarted](s.do(s.host, again)), 1)
		s.agentSays(AgentTurnEnded{Turn: id})
		require.Len(t, told[turnEnded](s.do(s.host, again)), 1)
		require.Equal(t, 1, s.agent.given[id])
	})
}

// A shared session that has not heard yet hands its prompt over all the same.
func TestHost_refuses_a_prompt_that_would_never_run(t *testing.T) {
	t.Run("as too many wait", func(t *testing.T) {
		s := newStage(t, settings{MaxQueued: 1})
		s.runs()
		waits := func(id string) decision { return s.do(s.host, dispatch{turn{Approval: id, Shared: s.n.id}}) }
		require.Len(t, told[turnAccepted](waits("first")), 1)
		d := waits("second")
		require.Empty(t, d.events)
		require.NotEmpty(t, told[turnEnded](d)[0].failure)
	})
}

func TestHost_a_turn_fails_with_the_agents_error(t *testing.T) {
	s := newStage(t, settings{})
	id := s.runs()
	s.agentSays(AgentTurnEnded{Turn: id, Err: journal.ErrFull})
	s.deliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.approval(id).Status)
}

func TestHost_an_end_of_another_turn_is_not_heard(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	require.Empty(t, s.do(s.host, agentSays{AgentTurnEnded{Turn: "of old"}}).events)
}

func TestHost_Permission_policies(t *testing.T) {
	cases := []struct {
		name    string
		policy  protocol.PermissionPolicy
		options []AgentOption
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
			s := newStage(t, settings{})
			s.hostState().Session.Permissions = tc.policy
			s.runs()
			d := s.do(s.host, agentSays{asks("q", tc.options...)})
			require.Len(t, told[permissionAsked](d), 1, "everybody sees what was asked")
			if tc.asked {
				require.Empty(t, told[answerAgent](d))
				return
			}
			require.Equal(t, []answerAgent{{"q", tc.answer}}, told[answerAgent](d))
			require.Equal(t, protocol.SourcePolicy, told[permissionSettled](d)[0].resolved.Source)
		})
	}
}

func TestHost_the_first_answer_wins(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	s.agentSays(asks("q", usual...))
	d := s.do(s.host, permissionAnswer{requestID: "q", optionID: "yes", by: s.owner(), shared: s.n.id})
	require.Equal(t, []answerAgent{{"q", "yes"}}, told[answerAgent](d))
	d = s.do(s.host, permissionAnswer{requestID: "q", optionID: "no", by: s.owner(), shared: s.n.id})
	require.Empty(t, told[answerAgent](d))
	require.Empty(t, d.events)
}

func TestHost_a_question_that_nobody_answers_is_rejected_in_time(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	s.agentSays(asks("q", usual...))
	require.Equal(t, s.now.Add(30*time.Minute), s.hostState().due())
	s.now = s.now.Add(30 * time.Minute)
	require.Equal(t, []answerAgent{{"q", "no"}}, told[answerAgent](s.do(s.host, tick{})))
}

func TestHost_a_question_that_the_agent_takes_back_is_withdrawn(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	s.agentSays(asks("q", usual...))
	s.agentSays(AgentWithdrawn{"q"})
	s.deliverAll()
	require.Empty(t, s.state.Permissions)
	require.Equal(t, string(protocol.EventPermissionWithdrawn), s.n.log[len(s.n.log)-1].Type)
}

func TestHost_Cancel_answers_questions_as_cancelled_first(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	s.agentSays(asks("q", usual...))
	s.deliverAll()
	d := s.do(s.host, cancelHost{})
	require.Equal(t, []answerAgent{{"q", ""}}, told[answerAgent](d))
	require.Equal(t, effect(cancelAgent{}), d.effects[len(d.effects)-1])
	late := s.do(s.host, agentSays{asks("late", usual...)})
	require.Equal(t, []answerAgent{{"late", ""}}, told[answerAgent](late), "a turn that is being cancelled asks nobody")
	require.Empty(t, late.events)
}

func TestHost_a_turn_that_takes_too_long_is_cancelled(t *testing.T) {
	s := newStage(t, settings{TurnTimeout: time.Hour})
	id := s.runs()
	s.now = s.now.Add(time.Hour)
	require.Contains(t, s.do(s.host, tick{}).effects, effect(cancelAgent{}))
	s.agentSays(AgentTurnEnded{Turn: id, StopReason: "cancelled"})
	require.Contains(t, s.hostState().Ended[0].Failure, "took longer")
}

func TestHost_after_a_crash(t *testing.T) {
	t.Run("runs nothing of a session that has ended meanwhile", func(t *testing.T) {
		s := newStage(t, settings{})
		s.runs()
		queued := s.prompts(s.owner())
		s.deliverAll()
		s.budget = 0 // the host session is not told
		require.NoError(t, s.by(s.owner(), &protocol.Close{}).err)
		s.crash()
		s.deliverAll()
		require.False(t, s.agent.launching)
		require.Zero(t, s.agent.given[queued])
		require.Empty(t, s.hostState().Ended)
	})
	t.Run("says again how a turn ended", func(t *testing.T) {
		s := newStage(t, settings{})
		id := s.runs()
		s.budget = 0
		s.agentSays(AgentTurnEnded{Turn: id, StopReason: "end_turn"})
		s.crash()
		s.deliverAll()
		require.Nil(t, s.n.sharedState().open(id))
		require.Equal(t, protocol.ApprovalApproved, s.approval(id).Status, "it completed")
	})
}

func TestHost_a_deleted_one_forgets_what_is_confirmed(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	s.do(s.host, deleteHost{})
	require.Len(t, s.hostState().Ended, 1)
	s.deliverAll()
	require.False(t, s.hostState().busy())
	require.Contains(t, s.do(s.host, launched{sessionID: "late", canLoad: true}).effects, effect(endAgent{}))
	require.Equal(t, protocol.CodeHostSessionNotFound, codeOf(s.do(s.host, readHost{}).err))
}

func TestHost_learns_whether_a_shared_session_is_open_from_a_journal_without_account(t *testing.T) {
	s := newStage(t, settings{})
	s.hostState().Occupied = false // as an earlier version left it
	s.do(s.host, woken{open: []journal.SessionID{s.n.id}})
	require.True(t, s.hostState().Occupied)
	s.do(s.host, woken{})
	require.False(t, s.hostState().Occupied, "the news that it ended was lost")
}
