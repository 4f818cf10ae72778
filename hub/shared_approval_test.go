package hub

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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
			s := newStage(t, settings{})
			author := s.joins("ben", "")
			if tc.host {
				author = s.owner()
			}
			s.mode(tc.mode)
			d := s.by(author, &protocol.Prompt{Prompt: "do it", As: tc.as})
			require.Equal(t, tc.code, codeOf(d.err))
			require.Equal(t, tc.code != "", len(d.events) == 0, "what is refused does nothing")
		})
	}
}

func TestShared_Approve(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	t.Run("hands the prompt to the agent with who wrote and who approved it", func(t *testing.T) {
		d := s.by(s.owner(), approve(s.prompts(ben)))
		require.Equal(t, []protocol.EventType{protocol.EventPromptApproved}, types(d))
		handed := told[dispatch](d)
		require.Len(t, handed, 1)
		require.Equal(t, ben.ID, handed[0].turn.Author.ID)
		require.Equal(t, s.owner().ID, handed[0].turn.Approver.ID)
	})
	t.Run("with another text runs that and keeps the original", func(t *testing.T) {
		edited := "do it carefully"
		c := approve(s.prompts(ben))
		c.Prompt = &edited
		d := s.by(s.owner(), c)
		a := d.events[0].public.(*protocol.PromptApproved).Approval
		require.Equal(t, edited, a.Prompt)
		require.Equal(t, "do it", *a.OriginalPrompt)
		require.Equal(t, edited, told[dispatch](d)[0].turn.Prompt)
	})
	t.Run("with the same text has no original", func(t *testing.T) {
		same := "do it"
		c := approve(s.prompts(ben))
		c.Prompt = &same
		require.Nil(t, s.by(s.owner(), c).events[0].public.(*protocol.PromptApproved).Approval.OriginalPrompt)
	})
	t.Run("reject keeps the reason and tells the agent nothing", func(t *testing.T) {
		why := "too risky"
		d := s.by(s.owner(), &protocol.Approve{ApprovalID: s.prompts(ben), Action: protocol.ActionReject, Reason: &why})
		a := d.events[0].public.(*protocol.PromptRejected).Approval
		require.Equal(t, protocol.ApprovalRejected, a.Status)
		require.Equal(t, why, *a.Reason)
		require.Equal(t, s.owner().ID, *a.ResolvedByParticipantID)
		require.Empty(t, d.effects)
	})
	t.Run("needs an approval of this session", func(t *testing.T) {
		require.Equal(t, protocol.CodeApprovalNotFound, codeOf(s.by(s.owner(), approve("none")).err))
	})
	t.Run("cannot be done twice", func(t *testing.T) {
		id := s.prompts(ben)
		require.NoError(t, s.by(s.owner(), approve(id)).err)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, codeOf(s.by(s.owner(), approve(id)).err))
	})
}

func TestShared_Prompt_that_waits_leaves_a_message(t *testing.T) {
	s := newStage(t, settings{})
	d := s.by(s.joins("ben", ""), &protocol.Prompt{Prompt: "do it"})
	m := d.events[0].private.Message
	require.Equal(t, protocol.MessagePrompt, m.Kind)
	require.Equal(t, d.events[0].public.(*protocol.PromptPendingApproval).Approval.ID, *m.ApprovalID)
	require.Nil(t, s.by(s.owner(), &protocol.Prompt{Prompt: "at once"}).events[0].private.Message)
}

func TestShared_Limits(t *testing.T) {
	t.Run("of one's own pending prompts", func(t *testing.T) {
		s := newStage(t, settings{MaxOwnPending: 2})
		ben := s.joins("ben", "")
		s.prompts(ben)
		s.prompts(ben)
		require.Equal(t, protocol.CodeTooManyPending, codeOf(s.by(ben, &protocol.Prompt{Prompt: "do it"}).err))
		s.prompts(s.joins("cem", ""))
	})
	t.Run("of all pending prompts", func(t *testing.T) {
		s := newStage(t, settings{MaxPending: 2})
		s.prompts(s.joins("ben", ""))
		s.prompts(s.joins("cem", ""))
		require.Equal(t, protocol.CodeTooManyPending, codeOf(s.by(s.joins("dot", ""), &protocol.Prompt{Prompt: "do it"}).err))
	})
	t.Run("of the bytes of pending prompts, as they stand in JSON", func(t *testing.T) {
		s := newStage(t, settings{MaxPendingBytes: 200 << 10, MaxOwnPendingBytes: 100 << 10})
		propose := func(p protocol.Participant, text string) protocol.Code {
			return codeOf(s.by(p, &protocol.Prompt{Prompt: text}).err)
		}
		ben, cem := s.joins("ben", ""), s.joins("cem", "")
		large := strings.Repeat("x", 60<<10)
		require.Empty(t, propose(ben, large))
		require.Equal(t, protocol.CodeTooManyPending, propose(ben, large), "of one's own")
		require.Empty(t, propose(cem, strings.Repeat("\x01", 10<<10)), "which is 60 KiB in JSON")
		require.Equal(t, protocol.CodeTooManyPending, propose(cem, large))
		require.Empty(t, propose(s.joins("dot", ""), large))
		require.Equal(t, protocol.CodeTooManyPending, propose(s.joins("eve", ""), large), "of all")
		require.Empty(t, propose(s.joins("fay", ""), "a short one is always let in"))
		require.NoError(t, s.by(s.owner(), &protocol.Approve{ApprovalID: s.state.Open[0].Approval.ID, Action: protocol.ActionReject}).err)
		require.Empty(t, propose(ben, large), "one that was decided on makes room")
	})
	t.Run("of prompts on their way, where approving is refused and the prompt stays pending", func(t *testing.T) {
		s := newStage(t, settings{MaxQueued: 2})
		pending := s.prompts(s.joins("ben", ""))
		s.prompts(s.owner())
		s.prompts(s.owner())
		require.Equal(t, protocol.CodeQueueFull, codeOf(s.by(s.owner(), approve(pending)).err))
		require.Equal(t, protocol.ApprovalPending, s.approval(pending).Status)
	})
}

func TestShared_Cancel(t *testing.T) {
	s := newStage(t, settings{})
	ben, cem := s.joins("ben", ""), s.joins("cem", "")
	cancel := func(p protocol.Participant, id string) decision { return s.by(p, &protocol.Cancel{ApprovalID: id}) }
	t.Run("of nothing", func(t *testing.T) {
		require.Equal(t, protocol.CodeNothingToCancel, codeOf(cancel(ben, "").err))
		require.Equal(t, protocol.CodeApprovalNotFound, codeOf(cancel(ben, "none").err))
	})
	t.Run("of a pending prompt ends it at once", func(t *testing.T) {
		id := s.prompts(ben)
		require.Equal(t, protocol.CodeNothingToCancel, codeOf(cancel(ben, "").err), "it does not run")
		require.Equal(t, protocol.CodeHostRequired, codeOf(cancel(cem, id).err), "it is the author's or the host's")
		d := cancel(ben, id)
		require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled, protocol.EventPromptDispatchFailed}, types(d))
		require.Empty(t, d.effects)
		require.Equal(t, protocol.CodeNothingToCancel, codeOf(cancel(ben, id).err))
	})
	running := s.runs()
	t.Run("of a queued prompt ends it when the host session says so", func(t *testing.T) {
		id := s.prompts(ben)
		require.NoError(t, s.by(s.owner(), approve(id)).err)
		s.deliverAll()
		require.Equal(t, phaseQueued, s.state.open(id).Phase)
		d := cancel(ben, id)
		require.Equal(t, []protocol.EventType{protocol.EventPromptCancelled}, types(d))
		require.Equal(t, []cancelTurn{{id, cancelled}}, told[cancelTurn](d))
		require.Empty(t, cancel(s.owner(), id).events, "once is enough")
		s.deliverAll()
		require.Equal(t, protocol.ApprovalFailed, s.approval(id).Status)
	})
	t.Run("of the running turn", func(t *testing.T) {
		waiting := s.prompts(ben)
		require.Equal(t, protocol.CodeHostRequired, codeOf(cancel(ben, "").err))
		require.NoError(t, cancel(s.owner(), "").err)
		s.deliverAll()
		s.agentSays(AgentTurnEnded{Turn: running, StopReason: "end_turn"})
		s.deliverAll()
		require.Equal(t, protocol.ApprovalFailed, s.approval(running).Status, "whatever the agent calls it")
		require.Equal(t, protocol.ApprovalPending, s.approval(waiting).Status)
	})
}

func TestShared_Prompts_are_taken_whether_or_not_there_is_an_agent(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	pending := s.prompts(ben)
	s.do(s.n, agentChanged{protocol.AgentStatusChanged{Status: protocol.AgentExited}})
	require.NoError(t, s.by(ben, &protocol.Prompt{Prompt: "do it"}).err, "proposed")
	require.NoError(t, s.by(s.owner(), &protocol.Prompt{Prompt: "do it"}).err, "direct")
	require.NoError(t, s.by(s.owner(), approve(pending)).err, "approved")
	require.Equal(t, protocol.ApprovalApproved, s.approval(pending).Status)
}

func TestShared_Close_is_one_commit_that_session_closed_ends(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	running := s.runs()
	queued := s.prompts(s.owner())
	pending := s.prompts(ben)
	d := s.by(s.owner(), &protocol.Close{})
	require.Equal(t, []protocol.EventType{
		protocol.EventPromptDispatchFailed, protocol.EventPromptDispatchFailed, protocol.EventSessionClosed,
	}, types(d))
	require.Equal(t, protocol.ApprovalFailed, s.approval(running).Status)
	require.Equal(t, protocol.ApprovalFailed, s.approval(queued).Status)
	require.Equal(t, protocol.ApprovalPending, s.approval(pending).Status)
	for _, p := range s.state.People.All() {
		require.NotNil(t, p.LeftAt)
	}
	s.deliverAll()
	require.Equal(t, "the session was closed", s.hostState().Running.Cancelling)
	require.Empty(t, s.hostState().Queue)
	s.agentSays(notifications{[]byte(`{}`)})
	s.deliverAll()
	require.Equal(t, string(protocol.EventSessionClosed), s.n.log[len(s.n.log)-1].Type)
}

func TestShared_Permission(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	s.asks("q")
	answer := func(id, option string) decision {
		return s.by(s.owner(), &protocol.AnswerPermission{RequestID: id, OptionID: option})
	}
	require.Equal(t, protocol.CodePermissionNotFound, codeOf(answer("none", "yes").err))
	require.Equal(t, protocol.CodeInvalidRequest, codeOf(answer("q", "maybe").err), "it is none of the options")
	d := answer("q", "yes")
	require.Equal(t, "q", d.hold, "the answer waits for the host session")
	s.deliverAll()
	require.Empty(t, s.state.Permissions)
	require.Equal(t, protocol.CodePermissionAlreadyResolved, codeOf(answer("q", "yes").err))
}

func TestShared_an_answer_to_a_permission_that_comes_again_waits_for_the_same(t *testing.T) {
	s := newStage(t, settings{})
	s.runs()
	s.asks("q")
	answer := func(id string) decision {
		return s.byID(s.owner(), id, &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"})
	}
	first := answer("1")
	require.Equal(t, first.waiter, answer("1").waiter)
	require.NotEqual(t, first.waiter, answer("2").waiter)
	require.NotEqual(t, answer("").waiter, answer("").waiter, "without an id each is another")
}

// What the agent asks outside a turn is put to all sessions that are open.
func TestShared_Permission_answered_in_another_session(t *testing.T) {
	w := newWorld(t, settings{}, 2)
	s := &stage{world: w, t: t, n: w.shared[0], state: w.shared[0].sharedState()}
	other := w.shared[1].sharedState()
	s.asks("q")
	require.NotNil(t, other.permission("q"))
	require.NoError(t, s.by(s.owner(), &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"}).err)
	s.deliverAll()
	require.Nil(t, other.permission("q"))
	done, known := s.state.Commands.Lists()[s.owner().ID], other.Commands.Lists()[s.owner().ID]
	require.Len(t, done, 1, "the answer is a command of the session in which it was given")
	require.Empty(t, known, "and of no other")
}

func TestEncodedSize_is_no_less_than_what_JSON_takes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		require.GreaterOrEqual(t, encodedSize(text)+2, len(rawJSON(strings.ReplaceAll(strings.ReplaceAll(text, "\u2028", ""), "\u2029", ""))))
	})
}
