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
			s := rulestest.NewStage(t, rules.Settings{})
			author := s.Joins("ben", "")
			if tc.host {
				author = s.Owner()
			}
			s.Mode(tc.mode)
			d := s.By(author, &protocol.Prompt{Prompt: "do it", As: tc.as})
			require.Equal(t, tc.code, rulestest.CodeOf(d.Err))
			require.Equal(t, tc.code != "", len(d.Events) == 0, "what is refused does nothing")
		})
	}
}

func TestShared_Approve(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	ben := s.Joins("ben", "")
	t.Run("hands the prompt to the agent with who wrote and who approved it", func(t *testing.T) {
		d := s.By(s.Owner(), approve(s.Prompts(ben)))
		require.Equal(t, []protocol.EventType{protocol.EventPromptApproved}, rulestest.Types(d))
		handed := rulestest.Told[rules.Dispatch](d)
		require.Len(t, handed, 1)
		require.Equal(t, ben.ID, handed[0].Turn.Author.ID)
		require.Equal(t, s.Owner().ID, handed[0].Turn.Approver.ID)
	})
	t.Run("with another text runs that and keeps the original", func(t *testing.T) {
		edited := "do it carefully"
		c := approve(s.Prompts(ben))
		c.Prompt = &edited
		d := s.By(s.Owner(), c)
		a := d.Events[0].Public.(*protocol.PromptApproved).Approval
		require.Equal(t, edited, a.Prompt)
		require.Equal(t, "do it", *a.OriginalPrompt)
		require.Equal(t, edited, rulestest.Told[rules.Dispatch](d)[0].Turn.Prompt)
	})
	t.Run("with the same text has no original", func(t *testing.T) {
		same := "do it"
		c := approve(s.Prompts(ben))
		c.Prompt = &same
		require.Nil(t, s.By(s.Owner(), c).Events[0].Public.(*protocol.PromptApproved).Approval.OriginalPrompt)
	})
	t.Run("reject keeps the reason and tells the agent nothing", func(t *testing.T) {
		why := "too risky"
		d := s.By(s.Owner(), &protocol.Approve{ApprovalID: s.Prompts(ben), Action: protocol.ActionReject, Reason: &why})
		a := d.Events[0].Public.(*protocol.PromptRejected).Approval
		require.Equal(t, protocol.ApprovalRejected, a.Status)
		require.Equal(t, why, *a.Reason)
		require.Equal(t, s.Owner().ID, *a.ResolvedByParticipantID)
		require.Empty(t, d.Effects)
	})
	t.Run("needs an approval of this session", func(t *testing.T) {
		require.Equal(t, protocol.CodeApprovalNotFound, rulestest.CodeOf(s.By(s.Owner(), approve("none")).Err))
	})
	t.Run("cannot be done twice", func(t *testing.T) {
		id := s.Prompts(ben)
		require.NoError(t, s.By(s.Owner(), approve(id)).Err)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.CodeOf(s.By(s.Owner(), approve(id)).Err))
	})
}

func TestShared_Prompt_that_waits_leaves_a_message(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	d := s.By(s.Joins("ben", ""), &protocol.Prompt{Prompt: "do it"})
	m := d.Events[0].Private.Message
	require.Equal(t, protocol.MessagePrompt, m.Kind)
	require.Equal(t, d.Events[0].Public.(*protocol.PromptPendingApproval).Approval.ID, *m.ApprovalID)
	require.Nil(t, s.By(s.Owner(), &protocol.Prompt{Prompt: "at once"}).Events[0].Private.Message)
}

func TestShared_Limits(t *testing.T) {
	t.Run("of one's own pending prompts", func(t *testing.T) {
		s := rulestest.NewStage(t, rules.Settings{MaxOwnPending: 2})
		ben := s.Joins("ben", "")
		s.Prompts(ben)
		s.Prompts(ben)
		require.Equal(t, protocol.CodeTooManyPending, rulestest.CodeOf(s.By(ben, &protocol.Prompt{Prompt: "do it"}).Err))
		s.Prompts(s.Joins("cem", ""))
	})
	t.Run("of all pending prompts", func(t *testing.T) {
		s := rulestest.NewStage(t, rules.Settings{MaxPending: 2})
		s.Prompts(s.Joins("ben", ""))
		s.Prompts(s.Joins("cem", ""))
		require.Equal(t, protocol.CodeTooManyPending, rulestest.CodeOf(s.By(s.Joins("dot", ""), &protocol.Prompt{Prompt: "do it"}).Err))
	})
	t.Run("of the bytes of pending prompts, as they stand in JSON", func(t *testing.T) {
		s := rulestest.NewStage(t, rules.Settings{MaxPendingBytes: 200 << 10, MaxOwnPendingBytes: 100 << 10})
		propose := func(p protocol.Participant, text string) protocol.Code {
			return rulestest.CodeOf(s.By(p, &protocol.Prompt{Prompt: text}).Err)
		}
		ben, cem := s.Joins("ben", ""), s.Joins("cem", "")
		large := strings.Repeat("x", 60<<10)
		require.Empty(t, propose(ben, large))
		require.Equal(t, protocol.CodeTooManyPending, propose(ben, large), "of one's own")
		require.Empty(t, propose(cem, strings.Repeat("\x01", 10<<10)), "which is 60 KiB in JSON")
		require.Equal(t, protocol.CodeTooManyPending, propose(cem, large))
		require.Empty(t, propose(s.Joins("dot", ""), large))
		require.Equal(t, protocol.CodeTooManyPending, propose(s.Joins("eve", ""), large), "of all")
		require.Empty(t, propose(s.Joins("fay", ""), "a short one is always let in"))
		require.NoError(t, s.By(s.Owner(), &protocol.Approve{ApprovalID: s.State.Open[0].Approval.ID, Action: protocol.ActionReject}).Err)
		require.Empty(t, propose(ben, large), "one that was decided on makes room")
	})
	t.Run("of prompts on their way, where approving is refused and the prompt stays pending", func(t *testing.T) {
		s := rulestest.NewStage(t, rules.Settings{MaxQueued: 2})
		pending := s.Prompts(s.Joins("ben", ""))
		s.Prompts(s.Owner())
		s.Prompts(s.Owner())
		require.Equal(t, protocol.CodeQueueFull, rulestest.CodeOf(s.By(s.Owner(), approve(pending)).Err))
		require.Equal(t, protocol.ApprovalPending, s.Approval(pending).Status)
	})
}

func TestShared_Cancel(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	ben, cem := s.Joins("ben", ""), s.Joins("cem", "")
	cancel := func(p protocol.Participant, id string) rules.Decision {
		return s.By(p, &protocol.Cancel{ApprovalID: id})
	}
	t.Run("of nothing", func(t *testing.T) {
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.CodeOf(cancel(ben, "").Err))
		require.Equal(t, protocol.CodeApprovalNotFound, rulestest.CodeOf(cancel(ben, "none").Err))
	})
	t.Run("of a pending prompt ends it at once", func(t *testing.T) {
		id := s.Prompts(ben)
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.CodeOf(cancel(ben, "").Err), "it does not run")
		require.Equal(t, protocol.CodeHostRequired, rulestest.CodeOf(cancel(cem, id).Err), "it is the author's or the host's")
		d := cancel(ben, id)
		require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled, protocol.EventPromptDispatchFailed}, rulestest.Types(d))
		require.Empty(t, d.Effects)
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.CodeOf(cancel(ben, id).Err))
	})
	running := s.Runs()
	t.Run("of a queued prompt ends it when the host session says so", func(t *testing.T) {
		id := s.Prompts(ben)
		require.NoError(t, s.By(s.Owner(), approve(id)).Err)
		s.DeliverAll()
		require.Equal(t, shared.PhaseQueued, s.State.OpenPrompt(id).Phase)
		d := cancel(ben, id)
		require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled}, rulestest.Types(d))
		require.Equal(t, []rules.CancelTurn{{Approval: id, Failure: rules.Cancelled}}, rulestest.Told[rules.CancelTurn](d))
		require.Empty(t, cancel(s.Owner(), id).Events, "once is enough")
		s.DeliverAll()
		require.Equal(t, protocol.ApprovalFailed, s.Approval(id).Status)
	})
	t.Run("of the running turn", func(t *testing.T) {
		waiting := s.Prompts(ben)
		require.Equal(t, protocol.CodeHostRequired, rulestest.CodeOf(cancel(ben, "").Err))
		require.NoError(t, cancel(s.Owner(), "").Err)
		s.DeliverAll()
		s.AgentSays(rules.AgentTurnEnded{Turn: running, StopReason: "end_turn"})
		s.DeliverAll()
		require.Equal(t, protocol.ApprovalFailed, s.Approval(running).Status, "whatever the agent calls it")
		require.Equal(t, protocol.ApprovalPending, s.Approval(waiting).Status)
	})
}

func TestShared_Prompts_are_taken_whether_or_not_there_is_an_agent(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	ben := s.Joins("ben", "")
	pending := s.Prompts(ben)
	s.Do(s.Node, rules.AgentChanged{Status: protocol.AgentStatusChanged{Status: protocol.AgentExited}})
	require.NoError(t, s.By(ben, &protocol.Prompt{Prompt: "do it"}).Err, "proposed")
	require.NoError(t, s.By(s.Owner(), &protocol.Prompt{Prompt: "do it"}).Err, "direct")
	require.NoError(t, s.By(s.Owner(), approve(pending)).Err, "approved")
	require.Equal(t, protocol.ApprovalApproved, s.Approval(pending).Status)
}

func TestShared_Close_is_one_commit_that_session_closed_ends(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	ben := s.Joins("ben", "")
	running := s.Runs()
	queued := s.Prompts(s.Owner())
	pending := s.Prompts(ben)
	d := s.By(s.Owner(), &protocol.Close{})
	require.Equal(t, []protocol.EventType{
		protocol.EventPromptDispatchFailed, protocol.EventPromptDispatchFailed, protocol.EventSessionClosed,
	}, rulestest.Types(d))
	require.Equal(t, protocol.ApprovalFailed, s.Approval(running).Status)
	require.Equal(t, protocol.ApprovalFailed, s.Approval(queued).Status)
	require.Equal(t, protocol.ApprovalPending, s.Approval(pending).Status)
	for _, p := range s.State.People.All() {
		require.NotNil(t, p.LeftAt)
	}
	s.DeliverAll()
	require.Equal(t, "the session was closed", s.HostState().Running.Cancelling)
	require.Empty(t, s.HostState().Queue)
	s.AgentSays(rules.Notifications{[]byte(`{}`)})
	s.DeliverAll()
	require.Equal(t, string(protocol.EventSessionClosed), s.Node.Journal[len(s.Node.Journal)-1].Type)
}

func TestShared_Permission(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	s.Runs()
	s.Asks("q")
	answer := func(id, option string) rules.Decision {
		return s.By(s.Owner(), &protocol.AnswerPermission{RequestID: id, OptionID: option})
	}
	require.Equal(t, protocol.CodePermissionNotFound, rulestest.CodeOf(answer("none", "yes").Err))
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.CodeOf(answer("q", "maybe").Err), "it is none of the options")
	d := answer("q", "yes")
	require.Equal(t, "q", d.Hold, "the answer waits for the host session")
	s.DeliverAll()
	require.Empty(t, s.State.Permissions)
	require.Equal(t, protocol.CodePermissionAlreadyResolved, rulestest.CodeOf(answer("q", "yes").Err))
}

func TestShared_an_answer_to_a_permission_that_comes_again_waits_for_the_same(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	s.Runs()
	s.Asks("q")
	answer := func(id string) rules.Decision {
		return s.ByID(s.Owner(), id, &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"})
	}
	first := answer("1")
	require.Equal(t, first.Waiter, answer("1").Waiter)
	require.NotEqual(t, first.Waiter, answer("2").Waiter)
	require.NotEqual(t, answer("").Waiter, answer("").Waiter, "without an id each is another")
}

// What the agent asks outside a turn is put to all sessions that are open.
func TestShared_Permission_answered_in_another_session(t *testing.T) {
	w := rulestest.NewWorld(t, rules.Settings{}, 2)
	s := &rulestest.Stage{World: w, T: t, Node: w.Shared[0], State: w.Shared[0].SharedState()}
	other := w.Shared[1].SharedState()
	s.Asks("q")
	require.NotNil(t, other.Permission("q"))
	require.NoError(t, s.By(s.Owner(), &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"}).Err)
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
