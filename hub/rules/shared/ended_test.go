package shared_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// decides has a guest propose prompts, which end in every way that there is, n times
// each. It returns the ids of the last of them.
func (q *quick) decides(by protocol.Participant, n int) (last map[protocol.ApprovalStatus]string) {
	q.T.Helper()
	last = map[protocol.ApprovalStatus]string{}
	command := func(who protocol.Participant, c protocol.Command) rules.Decision {
		id := fmt.Sprintf("%08d", q.made)
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

func TestShared_prompts_that_are_done_leave_nothing_behind(t *testing.T) {
	q := &quick{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ben := q.joins("ben")
	q.decides(ben, shared.RememberedCommands)
	snapshot := len(q.Session.EncodedState(t))
	q.decides(ben, 1000)
	require.Empty(t, q.State.Open)
	require.InDelta(t, snapshot, len(q.Session.EncodedState(t)), 1<<10, "bytes, after 4,000 more")
}

func TestShared_a_prompt_that_is_done_is_told_from_one_that_never_was(t *testing.T) {
	q := &quick{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ben := q.joins("ben")
	done := q.decides(ben, 1)
	q.decides(ben, shared.RememberedCommands)
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

func TestShared_a_prompt_that_was_cancelled_before_a_decision_has_no_decider(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	id := s.Prompt(s.Join("ben", ""))
	require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{ApprovalID: id}).Err)
	require.Equal(t, protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "the prompt is already failed"), s.Send(s.Owner(), approve(id)).Err)
}

// An earlier version kept every prompt.
func TestShared_a_snapshot_with_prompts_that_are_done_is_read_and_shrinks(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	rejected, waits := s.Prompt(ben), s.Prompt(ben)
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: rejected, Action: protocol.ActionReject}).Err)
	want := s.Session.EncodedState(t)
	var snapshot map[string]any
	require.NoError(t, json.Unmarshal([]byte(want), &snapshot))
	snapshot["Approvals"] = []map[string]any{
		{"ID": rejected, "Status": "rejected", "Seq": 5, "Failed": 0}, {"ID": waits, "Status": "pending", "Seq": 4, "Failed": 0},
	}
	s.Session.State = s.Session.NewState()
	require.NoError(t, s.Session.State.Restore(rules.RawJSON(snapshot)))
	require.Equal(t, want, s.Session.EncodedState(t))
	s.State = s.Session.SharedState()
	require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), approve(rejected)).Err))
	require.NoError(t, s.Send(s.Owner(), approve(waits)).Err)
}
