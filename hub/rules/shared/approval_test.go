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

func approve(id string) *protocol.Approve {
	return &protocol.Approve{ApprovalID: id, Action: protocol.ActionApprove}
}

func TestState_Prompt_is_refused_if_its_author_expected_another_effect(t *testing.T) {
	for _, tc := range []struct {
		name string
		mode protocol.Mode
		host bool
		as   protocol.PromptAs
		code protocol.Code
	}{
		{"a proposal that waits for an approval", protocol.ModePromptWithApproval, false, protocol.PromptAsProposal, ""},
		{"a proposal that would run at once", protocol.ModePromptDirect, false, protocol.PromptAsProposal, protocol.CodePromptNotAsExpected},
		{"a proposal by the host", protocol.ModePromptWithApproval, true, protocol.PromptAsProposal, protocol.CodePromptNotAsExpected},
		{"a direct prompt that runs", protocol.ModePromptDirect, false, protocol.PromptAsDirect, ""},
		{"a direct prompt that would wait for an approval", protocol.ModePromptWithApproval, false, protocol.PromptAsDirect, protocol.CodePromptNotAsExpected},
		{"a direct prompt by the host in view_only mode", protocol.ModeViewOnly, true, protocol.PromptAsDirect, ""},
		{"a direct prompt in comment_only mode", protocol.ModeCommentOnly, false, protocol.PromptAsDirect, protocol.CodePromptNotAllowed},
		{"a prompt without an expectation", protocol.ModePromptDirect, false, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			author := s.Join("ben", "")
			if tc.host {
				author = s.Owner()
			}
			s.SetMode(tc.mode)
			d := s.Send(author, &protocol.Prompt{Prompt: "do it", As: tc.as})
			require.Equal(t, tc.code, rulestest.ErrorCode(d.Err))
			require.Equal(t, tc.code != "", len(d.Events) == 0, "a refused prompt has no events")
		})
	}
}

func TestState_Approve(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	t.Run("dispatches the prompt with its author and approver", func(t *testing.T) {
		d := s.Send(s.Owner(), approve(s.Prompt(ben)))
		require.Equal(t, []protocol.EventType{protocol.EventPromptApproved}, rulestest.EventTypes(d))
		handed := rulestest.MessagesOf[rules.Dispatch](d)
		require.Len(t, handed, 1)
		require.Equal(t, ben.ID, handed[0].Turn.Author.ID)
		require.Equal(t, s.Owner().ID, handed[0].Turn.Approver.ID)
	})
	t.Run("with an edited text dispatches it and keeps the original", func(t *testing.T) {
		edited := "do it carefully"
		c := approve(s.Prompt(ben))
		c.Prompt = &edited
		d := s.Send(s.Owner(), c)
		a := d.Events[0].Public.(*protocol.PromptApproved).Approval
		require.Equal(t, edited, a.Prompt)
		require.Equal(t, "do it", *a.OriginalPrompt)
		require.Equal(t, edited, rulestest.MessagesOf[rules.Dispatch](d)[0].Turn.Prompt)
	})
	t.Run("with the same text keeps no original", func(t *testing.T) {
		same := "do it"
		c := approve(s.Prompt(ben))
		c.Prompt = &same
		require.Nil(t, s.Send(s.Owner(), c).Events[0].Public.(*protocol.PromptApproved).Approval.OriginalPrompt)
	})
	t.Run("can reject the prompt with a reason", func(t *testing.T) {
		why := "too risky"
		d := s.Send(s.Owner(), &protocol.Approve{ApprovalID: s.Prompt(ben), Action: protocol.ActionReject, Reason: &why})
		a := d.Events[0].Public.(*protocol.PromptRejected).Approval
		require.Equal(t, protocol.ApprovalRejected, a.Status)
		require.Equal(t, why, *a.Reason)
		require.Equal(t, s.Owner().ID, *a.ResolvedByParticipantID)
		require.Empty(t, d.Effects)
	})
	t.Run("returns an error for an unknown approval", func(t *testing.T) {
		require.Equal(t, protocol.CodeApprovalNotFound, rulestest.ErrorCode(s.Send(s.Owner(), approve("none")).Err))
	})
	t.Run("resolves a prompt only once", func(t *testing.T) {
		id := s.Prompt(ben)
		require.NoError(t, s.Send(s.Owner(), approve(id)).Err)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), approve(id)).Err))
	})
}

func TestState_Prompt_that_waits_for_an_approval_is_a_message(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	d := s.Send(s.Join("ben", ""), &protocol.Prompt{Prompt: "do it"})
	m := d.Events[0].Private.Message
	require.Equal(t, protocol.MessagePrompt, m.Kind)
	require.Equal(t, d.Events[0].Public.(*protocol.PromptPendingApproval).Approval.ID, *m.ApprovalID)
	require.Nil(t, s.Send(s.Owner(), &protocol.Prompt{Prompt: "at once"}).Events[0].Private.Message)
}

func TestState_Prompt_limits(t *testing.T) {
	t.Run("bound the pending prompts of a participant", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxOwnPending: 2})
		ben := s.Join("ben", "")
		s.Prompt(ben)
		s.Prompt(ben)
		require.Equal(t, protocol.CodeTooManyPending, rulestest.ErrorCode(s.Send(ben, &protocol.Prompt{Prompt: "do it"}).Err))
		s.Prompt(s.Join("cem", ""))
	})
	t.Run("bound the pending prompts of the session", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxPending: 2})
		s.Prompt(s.Join("ben", ""))
		s.Prompt(s.Join("cem", ""))
		require.Equal(t, protocol.CodeTooManyPending, rulestest.ErrorCode(s.Send(s.Join("dot", ""), &protocol.Prompt{Prompt: "do it"}).Err))
	})
	t.Run("bound the bytes of pending prompts, encoded as JSON", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxPendingBytes: 200 << 10, MaxOwnPendingBytes: 100 << 10})
		propose := func(p protocol.Participant, text string) protocol.Code {
			return rulestest.ErrorCode(s.Send(p, &protocol.Prompt{Prompt: text}).Err)
		}
		ben, cem := s.Join("ben", ""), s.Join("cem", "")
		large := strings.Repeat("x", 60<<10)
		require.Empty(t, propose(ben, large))
		require.Equal(t, protocol.CodeTooManyPending, propose(ben, large), "the participant's limit")
		require.Empty(t, propose(cem, strings.Repeat("\x01", 10<<10)), "60 KiB in JSON")
		require.Equal(t, protocol.CodeTooManyPending, propose(cem, large))
		require.Empty(t, propose(s.Join("dot", ""), large))
		require.Equal(t, protocol.CodeTooManyPending, propose(s.Join("eve", ""), large), "the session's limit")
		require.Empty(t, propose(s.Join("fay", ""), "a short prompt is always accepted"))
		require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: s.State.Open[0].Approval.ID, Action: protocol.ActionReject}).Err)
		require.Empty(t, propose(ben, large), "a resolved prompt makes room")
	})
	t.Run("bound the prompts in flight; a prompt that cannot be approved stays pending", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxQueued: 2})
		pending := s.Prompt(s.Join("ben", ""))
		s.Prompt(s.Owner())
		s.Prompt(s.Owner())
		require.Equal(t, protocol.CodeQueueFull, rulestest.ErrorCode(s.Send(s.Owner(), approve(pending)).Err))
		require.Equal(t, protocol.ApprovalPending, s.Approval(pending).Status)
	})
}

func TestState_Cancel(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cem := s.Join("ben", ""), s.Join("cem", "")
	cancel := func(p protocol.Participant, id string) rules.Decision {
		return s.Send(p, &protocol.Cancel{ApprovalID: id})
	}
	t.Run("returns an error without a prompt", func(t *testing.T) {
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.ErrorCode(cancel(ben, "").Err))
		require.Equal(t, protocol.CodeApprovalNotFound, rulestest.ErrorCode(cancel(ben, "none").Err))
	})
	t.Run("ends a pending prompt at once", func(t *testing.T) {
		id := s.Prompt(ben)
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.ErrorCode(cancel(ben, "").Err), "it is not the running prompt")
		require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(cancel(cem, id).Err), "only its author and the host can cancel it")
		d := cancel(ben, id)
		require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled, protocol.EventPromptDispatchFailed}, rulestest.EventTypes(d))
		require.Empty(t, d.Effects)
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.ErrorCode(cancel(ben, id).Err))
	})
	running := s.RunPrompt()
	t.Run("ends a queued prompt when the host session reports its end", func(t *testing.T) {
		id := s.Prompt(ben)
		require.NoError(t, s.Send(s.Owner(), approve(id)).Err)
		s.DeliverAll()
		require.Equal(t, shared.PhaseQueued, s.State.OpenPrompt(id).Phase)
		d := cancel(ben, id)
		require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled}, rulestest.EventTypes(d))
		require.Equal(t, []rules.CancelTurn{{Approval: id, Failure: rules.Cancelled}}, rulestest.MessagesOf[rules.CancelTurn](d))
		require.Empty(t, cancel(s.Owner(), id).Events, "a repetition has no event")
		s.DeliverAll()
		require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
	})
	t.Run("of the running turn is for its author and the host", func(t *testing.T) {
		waiting := s.Prompt(ben)
		require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(cancel(ben, "").Err))
		require.NoError(t, cancel(s.Owner(), "").Err)
		s.DeliverAll()
		s.AgentReports(rules.AgentTurnEnded{Turn: running, StopReason: "end_turn"})
		s.DeliverAll()
		require.Equal(t, protocol.ApprovalFailed, s.Approval(running).Status, "whatever the stop reason is")
		require.Equal(t, protocol.ApprovalPending, s.Approval(waiting).Status)
	})
}

func TestState_Prompt_is_accepted_while_no_agent_runs(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	pending := s.Prompt(ben)
	s.Do(s.Session, rules.AgentChanged{Status: protocol.AgentStatusChanged{Status: protocol.AgentExited}})
	require.NoError(t, s.Send(ben, &protocol.Prompt{Prompt: "do it"}).Err, "proposed")
	require.NoError(t, s.Send(s.Owner(), &protocol.Prompt{Prompt: "do it"}).Err, "direct")
	require.NoError(t, s.Send(s.Owner(), approve(pending)).Err, "approved")
	require.Equal(t, protocol.ApprovalApproved, s.Approval(pending).Status)
}
