package shared_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/hub/rules/shared/commands"
	"parley/protocol"
)

// decides makes a guest propose prompts that end in every possible way, n times each. It
// returns the ids of the last ones, by status.
func (q *bareSession) decides(by protocol.Participant, n int) (last map[protocol.ApprovalStatus]string) {
	q.T.Helper()
	last = map[protocol.ApprovalStatus]string{}
	command := func(who protocol.Participant, c protocol.Command) rules.Decision {
		id := fmt.Sprintf("%08d", q.inputs)
		d := q.do(shared.Command{Sender: q.Sender(who), Request: protocol.Request{ID: id, Command: c}})
		require.NoError(q.T, d.Err)
		return d
	}
	propose := func() string {
		d := command(by, &protocol.Prompt{Prompt: "do it"})
		return d.Events[0].Public.(*protocol.PromptPendingApproval).Approval.ID
	}
	for range n {
		rejected := propose()
		command(q.Owner(), &protocol.Approve{ApprovalID: rejected, Action: protocol.ActionReject})
		done := propose()
		command(q.Owner(), approve(done))
		q.do(rules.TurnEnded{Approval: done, StopReason: "end_turn"})
		failed := propose()
		command(q.Owner(), approve(failed))
		q.do(rules.TurnEnded{Approval: failed, Failure: "broken"})
		command(by, &protocol.Cancel{ApprovalID: propose()})
		last = map[protocol.ApprovalStatus]string{
			protocol.ApprovalRejected: rejected, protocol.ApprovalApproved: done, protocol.ApprovalFailed: failed,
		}
	}
	return last
}

func TestState_keeps_nothing_of_prompts_that_have_ended(t *testing.T) {
	q := &bareSession{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ben := q.join("ben")
	q.decides(ben, commands.MaxRecent)
	snapshot := len(q.Session.EncodedState(t))
	q.decides(ben, 1000)
	require.Empty(t, q.State.Open)
	require.InDelta(t, snapshot, len(q.Session.EncodedState(t)), 1<<10, "bytes, after 4,000 more")
}

func TestState_distinguishes_ended_and_unknown_prompts(t *testing.T) {
	q := &bareSession{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ben := q.join("ben")
	done := q.decides(ben, 1)
	q.decides(ben, commands.MaxRecent)
	at := q.Now.Format(time.RFC3339)
	for status, how := range map[protocol.ApprovalStatus]string{
		protocol.ApprovalRejected: "the prompt is already rejected: ada rejected it at " + at,
		protocol.ApprovalApproved: "the prompt is already approved: ada approved it at " + at,
		protocol.ApprovalFailed:   "the prompt is already failed: ada approved it at " + at,
	} {
		id := done[status]
		resolved := protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s", how)
		require.Equal(t, resolved, q.Send(q.Owner(), approve(id)).Err)
		require.Equal(t, resolved, q.Send(q.Owner(), &protocol.Approve{ApprovalID: id, Action: protocol.ActionReject}).Err)
		resolved.Message += "; its events hold the whole text"
		require.Equal(t, resolved, q.Send(ben, &protocol.Item{ApprovalID: id}).Err)
		require.Equal(t, protocol.CodeNothingToCancel, rulestest.ErrorCode(q.Send(ben, &protocol.Cancel{ApprovalID: id}).Err))
	}
	for _, c := range []protocol.Command{approve("none"), &protocol.Item{ApprovalID: "none"}, &protocol.Cancel{ApprovalID: "none"}} {
		require.Equal(t, protocol.CodeApprovalNotFound, rulestest.ErrorCode(q.Send(q.Owner(), c).Err))
	}
}

func TestState_names_no_resolver_of_a_prompt_that_was_cancelled_while_pending(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	id := s.Prompt(s.Join("ben", ""))
	require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{ApprovalID: id}).Err)
	require.Equal(t, protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "the prompt is already failed"), s.Send(s.Owner(), approve(id)).Err)
}

func TestState_Item_returns_open_items_alone(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	s.RunPrompt()
	s.RequestPermission("q")
	done := s.Prompt(ben)
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: done, Action: protocol.ActionReject}).Err)
	require.NoError(t, s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"}).Err)
	s.DeliverAll()
	for want, c := range map[protocol.Code]*protocol.Item{
		protocol.CodeApprovalNotFound:          {ApprovalID: "none"},
		protocol.CodeApprovalAlreadyResolved:   {ApprovalID: done},
		protocol.CodePermissionNotFound:        {RequestID: "none"},
		protocol.CodePermissionAlreadyResolved: {RequestID: "q"},
	} {
		require.Equal(t, want, rulestest.ErrorCode(s.Send(ben, c).Err))
	}
	waits := s.Prompt(ben)
	reading := s.Sender(ben)
	reading.ReadOnly = true
	d := s.Do(s.Session, shared.Command{Sender: reading, Request: protocol.Request{Command: &protocol.Item{ApprovalID: waits}}})
	require.NoError(t, d.Err, "a connection that only reads may request items")
}
