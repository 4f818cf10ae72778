package shared_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// newest returns the id of the newest approval.
func newest(s *rulestest.Fixture) string {
	ids := s.Session.Approvals()
	return ids[len(ids)-1]
}

// released returns the outcome of the command that waits in a decision, after all messages
// were delivered.
func released(s *rulestest.Fixture, d rules.Decision) (answer any, err error) {
	s.T.Helper()
	require.NotEmpty(s.T, d.Hold)
	for len(s.NonEmptyLinks()) > 0 {
		l := s.NonEmptyLinks()[0]
		message := s.Links[l][0]
		if s.Links[l] = s.Links[l][1:]; len(s.Links[l]) == 0 {
			delete(s.Links, l)
		}
		to := s.Host
		if l.To == s.Session.ID {
			to = s.Session
		}
		for _, r := range rulestest.MessagesOf[rules.Release](s.Do(to, message)) {
			if r.Hold == d.Hold && (r.Winner == "" || r.Winner == d.Waiter) && r.Answer != nil {
				answer = r.Answer
			} else if r.Hold == d.Hold {
				err = r.Err
			}
		}
	}
	return answer, err
}

func TestState_Withdraw(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cem := s.Join("ben", ""), s.Join("cem", "")
	t.Run("rejects one's own proposal", func(t *testing.T) {
		id := s.Prompt(ben)
		require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(cem, &protocol.Withdraw{ApprovalID: id}).Err))
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Withdraw{ApprovalID: id}).Err), "the host rejects it")
		require.NoError(t, s.Send(ben, &protocol.Withdraw{ApprovalID: id}).Err)
		a := s.Approval(id)
		require.Equal(t, protocol.ApprovalRejected, a.Status)
		require.Equal(t, protocol.ReasonWithdrawn, *a.Reason)
		require.Equal(t, ben.ID, *a.ResolvedByParticipantID)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Approve{ApprovalID: id, Action: protocol.ActionApprove}).Err))
		require.NotContains(t, s.State.Deciders, ben.ID, "to withdraw is no decision on others")
	})
	s.SetMode(protocol.ModePromptDirect)
	running := s.RunPrompt()
	t.Run("ends a queued prompt, once", func(t *testing.T) {
		for _, who := range []protocol.Participant{ben, s.Owner()} {
			id := s.Prompt(ben)
			s.DeliverAll()
			require.Equal(t, []protocol.QueuedPrompt{{ApprovalID: id, Ahead: 1}}, s.State.Queue)
			require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(cem, &protocol.Withdraw{ApprovalID: id}).Err))
			d := s.SendWithID(who, "once"+id, &protocol.Withdraw{ApprovalID: id})
			late := s.SendWithID(s.Owner(), "late"+id, &protocol.Withdraw{ApprovalID: id})
			answer, err := released(s, d)
			require.Equal(t, &protocol.CancelAnswer{ApprovalID: id}, answer)
			require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(err), "the waiters with another id: %s", late.Waiter)
			require.NotZero(t, s.SendWithID(who, "once"+id, &protocol.Withdraw{ApprovalID: id}).Replay, "a repetition")
			require.Empty(t, s.State.Queue)
			require.Equal(t, "cancelled", *s.Approval(id).ErrorMessage)
			require.Empty(t, s.HostState().Queue)
			require.Empty(t, s.HostState().Ended)
		}
	})
	t.Run("never cancels a turn", func(t *testing.T) {
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Withdraw{ApprovalID: running}).Err))
		id := s.Prompt(ben)
		s.DeliverAll()
		s.AgentReports(rules.AgentTurnEnded{Turn: running}) // the prompt begins, and the session does not know yet
		answer, err := released(s, s.Send(ben, &protocol.Withdraw{ApprovalID: id}))
		require.Nil(t, answer)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(err))
		require.Equal(t, id, s.Agent.Turn)
		require.Empty(t, s.HostState().Running.Cancelling)
	})
}

func TestState_EditPrompt_replaces_a_proposal(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{MaxOwnPending: 1})
	ben, cem := s.Join("ben", ""), s.Join("cem", "")
	require.NoError(t, s.Send(ben, &protocol.Prompt{Prompt: "do it", When: protocol.WhenInterrupt}).Err)
	old := newest(s)
	edit := &protocol.EditPrompt{ApprovalID: old, Prompt: "do it well"}
	for _, row := range []struct {
		by   protocol.Participant
		c    protocol.EditPrompt
		want protocol.Code
	}{
		{cem, *edit, protocol.CodeHostRequired},
		{s.Owner(), *edit, protocol.CodeHostRequired},
		{ben, protocol.EditPrompt{ApprovalID: old, Prompt: "do it"}, protocol.CodeInvalidRequest},
		{ben, protocol.EditPrompt{ApprovalID: "none", Prompt: "x"}, protocol.CodeApprovalNotFound},
		{ben, protocol.EditPrompt{ApprovalID: old, Prompt: "x", As: protocol.PromptAsDirect}, protocol.CodePromptNotAsExpected},
	} {
		require.Equal(t, row.want, rulestest.ErrorCode(s.Send(row.by, &row.c).Err), "%+v", row.c)
	}
	s.SetMode(protocol.ModePromptDirect)
	d := s.SendWithID(ben, "edit", edit)
	require.Equal(t, []protocol.EventType{protocol.EventPromptRejected, protocol.EventPromptPendingApproval}, rulestest.EventTypes(d),
		"a proposal goes on waiting, although its author could prompt now")
	require.NotZero(t, s.SendWithID(ben, "edit", edit).Replay)
	before, after := s.Approval(old), s.Approval(newest(s))
	require.Equal(t, protocol.ReasonReplaced, *before.Reason)
	require.Equal(t, old, after.Replaces)
	require.Equal(t, protocol.WhenInterrupt, after.When)
	require.Equal(t, protocol.ApprovalPending, after.Status)
	require.Equal(t, protocol.CodeApprovalAlreadyResolved,
		rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Approve{ApprovalID: old, Action: protocol.ActionApprove}).Err), "a click on the old text approves nothing")
	s.SetMode(protocol.ModeCommentOnly)
	require.Equal(t, protocol.CodePromptNotAllowed, rulestest.ErrorCode(s.Send(ben, &protocol.EditPrompt{ApprovalID: after.ID, Prompt: "x"}).Err))
}

func TestState_EditPrompt_of_a_queued_prompt(t *testing.T) {
	edit := func(id string) *protocol.EditPrompt {
		return &protocol.EditPrompt{ApprovalID: id, Prompt: "do it well"}
	}
	queued := func(t *testing.T) (*rulestest.Fixture, protocol.Participant, string) {
		s := rulestest.NewFixture(t, rules.Settings{})
		ben := s.Join("ben", "")
		s.SetMode(protocol.ModePromptDirect)
		s.RunPrompt()
		id := s.Prompt(ben)
		s.DeliverAll()
		return s, ben, id
	}
	t.Run("takes its place if the author may prompt", func(t *testing.T) {
		s, ben, id := queued(t)
		s.Prompt(ben)
		s.DeliverAll()
		d := s.SendWithID(ben, "e", edit(id))
		answer, _ := released(s, d)
		a := answer.(*protocol.PromptAnswer).Approval
		require.Equal(t, protocol.ApprovalApproved, a.Status)
		require.Equal(t, a.ID, s.State.Queue[0].ApprovalID)
		require.NotZero(t, s.SendWithID(ben, "e", edit(id)).Replay)
		require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
	})
	t.Run("waits for an approval if the author may not", func(t *testing.T) {
		s, ben, id := queued(t)
		s.SetMode(protocol.ModePromptWithApproval)
		answer, _ := released(s, s.Send(ben, edit(id)))
		require.Equal(t, protocol.ApprovalPending, answer.(*protocol.PromptAnswer).Status)
		require.Empty(t, s.HostState().Queue)
		require.Equal(t, id, s.Approval(newest(s)).Replaces)
	})
	t.Run("has the same outcome for a repetition after a cancellation", func(t *testing.T) {
		s, ben, id := queued(t)
		d := s.SendWithID(ben, "e", edit(id))
		require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{ApprovalID: id}).Err)
		again := s.SendWithID(ben, "e", edit(id))
		require.NoError(t, again.Err)
		require.Equal(t, d.Waiter, again.Waiter)
		answer, _ := released(s, again)
		require.IsType(t, &protocol.PromptAnswer{}, answer)
		require.NotZero(t, s.SendWithID(ben, "e", edit(id)).Replay)
		require.Empty(t, s.State.Queue, "the cancellation applies to the new text as well")
	})
	t.Run("is too late after a cancellation", func(t *testing.T) {
		s, ben, id := queued(t)
		require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{ApprovalID: id}).Err)
		answer, err := released(s, s.Send(ben, edit(id)))
		require.Nil(t, answer)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(err))
		require.Empty(t, s.State.Queue)
	})
	t.Run("is dropped if the author is removed meanwhile", func(t *testing.T) {
		for _, mode := range []protocol.Mode{protocol.ModePromptWithApproval, protocol.ModePromptDirect} {
			s, ben, id := queued(t)
			s.SetMode(mode)
			s.Send(ben, edit(id))
			require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: ben.ID}).Err)
			s.DeliverAll()
			require.Empty(t, s.HostState().Queue)
			require.Len(t, s.State.Open, 1, "only the running prompt is left")
		}
	})
	t.Run("is too late for a session that has ended", func(t *testing.T) {
		s, ben, id := queued(t)
		d := s.Send(ben, edit(id))
		require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		_, err := released(s, d)
		require.Equal(t, protocol.CodeSessionInactive, rulestest.ErrorCode(err))
		require.Empty(t, s.HostState().Queue)
	})
	t.Run("survives a crash at any time", func(t *testing.T) {
		for effects := range 6 {
			s, ben, id := queued(t)
			s.SendWithID(ben, "e", edit(id))
			s.EffectsLeft = effects
			for len(s.NonEmptyLinks()) > 0 && s.EffectsLeft != 0 {
				s.Deliver(s.NonEmptyLinks()[0])
			}
			s.Crash()
			s.State = s.Session.SharedState()
			s.SendWithID(ben, "e", edit(id)) // the client repeats the command
			s.DeliverAll()
			s.FinishLaunch(true)
			s.DeliverAll()
			require.Equal(t, "do it well", s.Agent.Texts[s.Agent.Turn], "after %d effects", effects)
			require.NotContains(t, s.Agent.Prompts, id)
		}
	})
}

func TestState_MovePrompt(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	pending, running := s.Prompt(ben), s.RunPrompt()
	first, second := s.Prompt(s.Owner()), s.Prompt(s.Owner())
	s.DeliverAll()
	move := &protocol.MovePrompt{ApprovalID: second, Before: first}
	require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(ben, move).Err))
	for _, c := range []protocol.MovePrompt{{ApprovalID: pending}, {ApprovalID: first, Before: pending}} {
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Send(s.Owner(), &c).Err))
	}
	require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.MovePrompt{ApprovalID: first, Before: running}).Err))
	answer, _ := released(s, s.SendWithID(s.Owner(), "m", move))
	want := []protocol.QueuedPrompt{{ApprovalID: second, Ahead: 1}, {ApprovalID: first, Ahead: 2}}
	require.Equal(t, &protocol.QueueAnswer{Queue: want}, answer)
	require.NotZero(t, s.SendWithID(s.Owner(), "m", move).Replay)
	require.Equal(t, want, s.State.Queue)
	var last *protocol.QueueChanged
	for _, r := range s.Session.Journal {
		if e, err := shared.DecodeEvent(r); err == nil && r.Type == string(protocol.EventQueueChanged) {
			last = e.Public.(*protocol.QueueChanged)
		}
	}
	require.Equal(t, s.Owner().ID, last.Participant.ID)
}

func TestState_only_the_host_interrupts_without_an_approval(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	interrupt := &protocol.Prompt{Prompt: "stop", When: protocol.WhenInterrupt}
	running := s.RunPrompt()
	require.NoError(t, s.Send(ben, interrupt).Err)
	id := newest(s)
	s.SetMode(protocol.ModePromptDirect)
	require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(ben, interrupt).Err))
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: id, Action: protocol.ActionApprove}).Err)
	s.DeliverAll()
	require.True(t, s.State.OpenPrompt(running).Cancelled, "the approval interrupts")
	require.Equal(t, []protocol.QueuedPrompt{{ApprovalID: id, Ahead: 1}}, s.State.Queue)
}

func TestState_EditPrompt_counts_as_the_prompts_that_it_replaces(t *testing.T) {
	long := strings.Repeat("x", 2*shared.SmallPrompt)
	s := rulestest.NewFixture(t, rules.Settings{MaxOwnPendingBytes: len(long) + 10, MaxOwnPending: 5})
	ben := s.Join("ben", "")
	require.NoError(t, s.Send(ben, &protocol.Prompt{Prompt: long}).Err)
	old := newest(s)
	require.NoError(t, s.Send(ben, &protocol.EditPrompt{ApprovalID: old, Prompt: "y" + long[1:]}).Err, "in its place there is room")
	require.Equal(t, protocol.CodeTooManyPending, rulestest.ErrorCode(s.Send(ben, &protocol.EditPrompt{ApprovalID: newest(s), Prompt: long + long}).Err))
}
