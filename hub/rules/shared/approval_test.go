package shared_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func approve(id string) *protocol.Approve {
	return &protocol.Approve{ApprovalID: id, Action: protocol.ActionApprove}
}

func TestShared_Prompt_becomes_what_its_author_expects_or_nothing(t *testing.T) {
	for _, tc := range []struct {
		name string
		mode protocol.Mode
		host bool
		as   protocol.PromptAs
		code protocol.Code
	}{
		{"a proposal that waits", protocol.ModePromptWithApproval, false, protocol.PromptAsProposal, ""},
		{"a proposal that would run by now", protocol.ModePromptDirect, false, protocol.PromptAsProposal, protocol.CodePromptNotAsExpected},
		{"a proposal of whom is the host by now", protocol.ModePromptWithApproval, true, protocol.PromptAsProposal, protocol.CodePromptNotAsExpected},
		{"a prompt that runs", protocol.ModePromptDirect, false, protocol.PromptAsDirect, ""},
		{"a prompt that would wait by now", protocol.ModePromptWithApproval, false, protocol.PromptAsDirect, protocol.CodePromptNotAsExpected},
		{"the host's prompt, which runs in every mode", protocol.ModeViewOnly, true, protocol.PromptAsDirect, ""},
		{"a prompt that is not allowed any more", protocol.ModeCommentOnly, false, protocol.PromptAsDirect, protocol.CodePromptNotAllowed},
		{"a prompt that expects nothing", protocol.ModePromptDirect, false, "", ""},
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
			require.Equal(t, tc.code != "", len(d.Events) == 0, "what is refused does nothing")
		})
	}
}

func TestShared_Approve(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	t.Run("hands the prompt to the agent with who wrote and who approved it", func(t *testing.T) {
		d := s.Send(s.Owner(), approve(s.Prompt(ben)))
		require.Equal(t, []protocol.EventType{protocol.EventPromptApproved}, rulestest.EventTypes(d))
		handed := rulestest.MessagesOf[rules.Dispatch](d)
		require.Len(t, handed, 1)
		require.Equal(t, ben.ID, handed[0].Turn.Author.ID)
		require.Equal(t, s.Owner().ID, handed[0].Turn.Approver.ID)
	})
	t.Run("with another text runs that and keeps the original", func(t *testing.T) {
		edited := "do it carefully"
		c := approve(s.Prompt(ben))
		c.Prompt = &edited
		d := s.Send(s.Owner(), c)
		a := d.Events[0].Public.(*protocol.PromptApproved).Approval
		require.Equal(t, edited, a.Prompt)
		require.Equal(t, "do it", *a.OriginalPrompt)
		require.Equal(t, edited, rulestest.MessagesOf[rules.Dispatch](d)[0].Turn.Prompt)
	})
	t.Run("with the same text has no original", func(t *testing.T) {
		same := "do it"
		c := approve(s.Prompt(ben))
		c.Prompt = &same
		require.Nil(t, s.Send(s.Owner(), c).Events[0].Public.(*protocol.PromptApproved).Approval.OriginalPrompt)
	})
	t.Run("reject keeps the reason and tells the agent nothing", func(t *testing.T) {
		why := "too risky"
		d := s.Send(s.Owner(), &protocol.Approve{ApprovalID: s.Prompt(ben), Action: protocol.ActionReject, Reason: &why})
		a := d.Events[0].Public.(*protocol.PromptRejected).Approval
		require.Equal(t, protocol.ApprovalRejected, a.Status)
		require.Equal(t, why, *a.Reason)
		require.Equal(t, s.Owner().ID, *a.ResolvedByParticipantID)
		require.Empty(t, d.Effects)
	})
	t.Run("needs an approval of this session", func(t *testing.T) {
		require.Equal(t, protocol.CodeApprovalNotFound, rulestest.ErrorCode(s.Send(s.Owner(), approve("none")).Err))
	})
	t.Run("cannot be done twice", func(t *testing.T) {
		id := s.Prompt(ben)
		require.NoError(t, s.Send(s.Owner(), approve(id)).Err)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), approve(id)).Err))
	})
}

func TestShared_Prompt_that_waits_leaves_a_message(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	d := s.Send(s.Join("ben", ""), &protocol.Prompt{Prompt: "do it"})
	m := d.Events[0].Private.Message
	require.Equal(t, protocol.MessagePrompt, m.Kind)
	require.Equal(t, d.Events[0].Public.(*protocol.PromptPendingApproval).Approval.ID, *m.ApprovalID)
	require.Nil(t, s.Send(s.Owner(), &protocol.Prompt{Prompt: "at once"}).Events[0].Private.Message)
}

func TestShared_Limits(t *testing.T) {
	t.Run("of one's own pending prompts", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxOwnPending: 2})
		ben := s.Join("ben", "")
		s.Prompt(ben)
		s.Prompt(ben)
		require.Equal(t, protocol.CodeTooManyPending, rulestest.ErrorCode(s.Send(ben, &protocol.Prompt{Prompt: "do it"}).Err))
		s.Prompt(s.Join("cem", ""))
	})
	t.Run("of all pending prompts", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxPending: 2})
		s.Prompt(s.Join("ben", ""))
		s.Prompt(s.Join("cem", ""))
		require.Equal(t, protocol.CodeTooManyPending, rulestest.ErrorCode(s.Send(s.Join("dot", ""), &protocol.Prompt{Prompt: "do it"}).Err))
	})
	t.Run("of the bytes of pending prompts, as they stand in JSON", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxPendingBytes: 200 << 10, MaxOwnPendingBytes: 100 << 10})
		propose := func(p protocol.Participant, text string) protocol.Code {
			return rulestest.ErrorCode(s.Send(p, &protocol.Prompt{Prompt: text}).Err)
		}
		ben, cem := s.Join("ben", ""), s.Join("cem", "")
		large := strings.Repeat("x", 60<<10)
		require.Empty(t, propose(ben, large))
		require.Equal(t, protocol.CodeTooManyPending, propose(ben, large), "of one's own")
		require.Empty(t, propose(cem, strings.Repeat("\x01", 10<<10)), "which is 60 KiB in JSON")
		require.Equal(t, protocol.CodeTooManyPending, propose(cem, large))
		require.Empty(t, propose(s.Join("dot", ""), large))
		require.Equal(t, protocol.CodeTooManyPending, propose(s.Join("eve", ""), large), "of all")
		require.Empty(t, propose(s.Join("fay", ""), "a short one is always let in"))
		require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: s.State.Open[0].Approval.ID, Action: protocol.ActionReject}).Err)
		require.Empty(t, propose(ben, large), "one that was decided on makes room")
	})
	t.Run("of prompts on their way, where approving is refused and the prompt stays pending", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{MaxQueued: 2})
		pending := s.Prompt(s.Join("ben", ""))
		s.Prompt(s.Owner())
		s.Prompt(s.Owner())
		require.Equal(t, protocol.CodeQueueFull, rulestest.ErrorCode(s.Send(s.Owner(), approve(pending)).Err))
		require.Equal(t, protocol.ApprovalPending, s.Approval(pending).Status)
	})
}

func TestShared_Cancel(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cem := s.Join("ben", ""), s.Join("cem", "")
	cancel := func(p protocol.Participant, id string) rules.Decision {
		return s.Send(p, &protocol.Cancel{ApprovalID: id})
	}
	t.Run("of nothing", func(t *testing.T) {
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.ErrorCode(cancel(ben, "").Err))
		require.Equal(t, protocol.CodeApprovalNotFound, rulestest.ErrorCode(cancel(ben, "none").Err))
	})
	t.Run("of a pending prompt ends it at once", func(t *testing.T) {
		id := s.Prompt(ben)
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.ErrorCode(cancel(ben, "").Err), "it does not run")
		require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(cancel(cem, id).Err), "it is the author's or the host's")
		d := cancel(ben, id)
		require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled, protocol.EventPromptDispatchFailed}, rulestest.EventTypes(d))
		require.Empty(t, d.Effects)
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.ErrorCode(cancel(ben, id).Err))
	})
	running := s.RunPrompt()
	t.Run("of a queued prompt ends it when the host session says so", func(t *testing.T) {
		id := s.Prompt(ben)
		require.NoError(t, s.Send(s.Owner(), approve(id)).Err)
		s.DeliverAll()
		require.Equal(t, shared.PhaseQueued, s.State.OpenPrompt(id).Phase)
		d := cancel(ben, id)
		require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled}, rulestest.EventTypes(d))
		require.Equal(t, []rules.CancelTurn{{Approval: id, Failure: rules.Cancelled}}, rulestest.MessagesOf[rules.CancelTurn](d))
		require.Empty(t, cancel(s.Owner(), id).Events, "once is enough")
		s.DeliverAll()
		require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
	})
	t.Run("of the running turn", func(t *testing.T) {
		waiting := s.Prompt(ben)
		require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(cancel(ben, "").Err))
		require.NoError(t, cancel(s.Owner(), "").Err)
		s.DeliverAll()
		s.AgentReports(rules.AgentTurnEnded{Turn: running, StopReason: "end_turn"})
		s.DeliverAll()
		require.Equal(t, protocol.ApprovalFailed, s.Approval(running).Status, "whatever the agent calls it")
		require.Equal(t, protocol.ApprovalPending, s.Approval(waiting).Status)
	})
}

func TestShared_Prompts_are_taken_whether_or_not_there_is_an_agent(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	pending := s.Prompt(ben)
	s.Do(s.Session, rules.AgentChanged{Status: protocol.AgentStatusChanged{Status: protocol.AgentExited}})
	require.NoError(t, s.Send(ben, &protocol.Prompt{Prompt: "do it"}).Err, "proposed")
	require.NoError(t, s.Send(s.Owner(), &protocol.Prompt{Prompt: "do it"}).Err, "direct")
	require.NoError(t, s.Send(s.Owner(), approve(pending)).Err, "approved")
	require.Equal(t, protocol.ApprovalApproved, s.Approval(pending).Status)
}

func TestShared_Close_is_one_commit_that_session_closed_ends(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	running := s.RunPrompt()
	queued := s.Prompt(s.Owner())
	pending := s.Prompt(ben)
	d := s.Send(s.Owner(), &protocol.Close{})
	require.Equal(t, []protocol.EventType{
		protocol.EventPromptDispatchFailed, protocol.EventPromptDispatchFailed, protocol.EventSessionClosed,
	}, rulestest.EventTypes(d))
	require.Equal(t, protocol.ApprovalFailed, s.Approval(running).Status)
	require.Equal(t, protocol.ApprovalFailed, s.Approval(queued).Status)
	require.Equal(t, protocol.ApprovalPending, s.Approval(pending).Status)
	for _, p := range s.State.People.All() {
		require.NotNil(t, p.LeftAt)
	}
	s.DeliverAll()
	require.Equal(t, "the session was closed", s.HostState().Running.Cancelling)
	require.Empty(t, s.HostState().Queue)
	s.AgentReports(rules.Notifications{[]byte(`{}`)})
	s.DeliverAll()
	require.Equal(t, string(protocol.EventSessionClosed), s.Session.Journal[len(s.Session.Journal)-1].Type)
}

func TestShared_Permission(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.RequestPermission("q")
	answer := func(id, option string) rules.Decision {
		return s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: id, OptionID: option})
	}
	require.Equal(t, protocol.CodePermissionNotFound, rulestest.ErrorCode(answer("none", "yes").Err))
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(answer("q", "maybe").Err), "it is none of the options")
	d := answer("q", "yes")
	require.Equal(t, "q", d.Hold, "the answer waits for the host session")
	s.DeliverAll()
	require.Empty(t, s.State.Permissions)
	require.Equal(t, protocol.CodePermissionAlreadyResolved, rulestest.ErrorCode(answer("q", "yes").Err))
}

func TestShared_an_answer_to_a_permission_that_comes_again_waits_for_the_same(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.RequestPermission("q")
	answer := func(id string) rules.Decision {
		return s.SendWithID(s.Owner(), id, &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"})
	}
	first := answer("1")
	require.Equal(t, first.Waiter, answer("1").Waiter)
	require.NotEqual(t, first.Waiter, answer("2").Waiter)
	require.NotEqual(t, answer("").Waiter, answer("").Waiter, "without an id each is another")
}

// What the agent asks outside a turn is put to all sessions that are open.
func TestShared_Permission_answered_in_another_session(t *testing.T) {
	w := rulestest.NewNetwork(t, rules.Settings{}, 2)
	s := &rulestest.Fixture{Network: w, T: t, Session: w.Shared[0], State: w.Shared[0].SharedState()}
	other := w.Shared[1].SharedState()
	s.RequestPermission("q")
	require.NotNil(t, other.Permission("q"))
	require.NoError(t, s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"}).Err)
	s.DeliverAll()
	require.Nil(t, other.Permission("q"))
	done, known := s.State.Commands.Lists()[s.Owner().ID], other.Commands.Lists()[s.Owner().ID]
	require.Len(t, done, 1, "the answer is a command of the session in which it was given")
	require.Empty(t, known, "and of no other")
}

func TestEncodedSize_is_no_less_than_what_JSON_takes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		require.GreaterOrEqual(t, shared.EncodedSize(text)+2, len(rules.RawJSON(strings.ReplaceAll(strings.ReplaceAll(text, "\u2028", ""), "\u2029", ""))))
	})
}
