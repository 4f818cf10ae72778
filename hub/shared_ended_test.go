package hub

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// decides has a guest propose prompts, which end in every way that there is, n times
// each. It returns the ids of the last of them.
func (q *quick) decides(by protocol.Participant, n int) (last map[protocol.ApprovalStatus]string) {
	q.t.Helper()
	last = map[protocol.ApprovalStatus]string{}
	command := func(who protocol.Participant, c protocol.Command) decision {
		id := fmt.Sprintf("%08d", q.made)
		d := q.do(command{who: q.credentials(who), request: protocol.Request{ID: id, Command: c}})
		require.NoError(q.t, d.err)
		return d
	}
	propose := func() string {
		d := command(by, &protocol.Prompt{Prompt: "do it"})
		return d.events[0].public.(*protocol.PromptPendingApproval).Approval.ID
	}
	for range n {
		rejected := propose()
		command(q.owner(), &protocol.Approve{ApprovalID: rejected, Action: protocol.ActionReject})
		done := propose()
		command(q.owner(), approve(done))
		q.do(turnEnded{approval: done, stopReason: "end_turn"})
		failed := propose()
		command(q.owner(), approve(failed))
		q.do(turnEnded{approval: failed, failure: "broken"})
		command(by, &protocol.Cancel{ApprovalID: propose()})
		last = map[protocol.ApprovalStatus]string{
			protocol.ApprovalRejected: rejected, protocol.ApprovalApproved: done, protocol.ApprovalFailed: failed,
		}
	}
	return last
}

func TestShared_prompts_that_are_done_leave_nothing_behind(t *testing.T) {
	q := &quick{stage: newStage(t, settings{})}
	ben := q.joins("ben")
	q.decides(ben, rememberedCommands)
	snapshot := len(q.n.encoded(t))
	q.decides(ben, 1000)
	require.Empty(t, q.state.Open)
	require.InDelta(t, snapshot, len(q.n.encoded(t)), 1<<10, "bytes, after 4,000 more")
}

func TestShared_a_prompt_that_is_done_is_told_from_one_that_never_was(t *testing.T) {
	q := &quick{stage: newStage(t, settings{})}
	ben := q.joins("ben")
	done := q.decides(ben, 1)
	q.decides(ben, rememberedCommands)
	at := q.now.Format(time.RFC3339)
	for status, how := range map[protocol.ApprovalStatus]string{
		protocol.ApprovalRejected: "the prompt is rejected already: ada rejected it at " + at,
		protocol.ApprovalApproved: "the prompt is approved already: ada approved it at " + at,
		protocol.ApprovalFailed:   "the prompt is failed already: ada approved it at " + at,
	} {
		id := done[status]
		resolved := protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s", how)
		require.Equal(t, resolved, q.by(q.owner(), approve(id)).err)
		require.Equal(t, resolved, q.by(q.owner(), &protocol.Approve{ApprovalID: id, Action: protocol.ActionReject}).err)
		resolved.Message += "; its events have it whole"
		require.Equal(t, resolved, q.by(ben, &protocol.Item{ApprovalID: id}).err)
		require.Equal(t, protocol.CodeNothingToCancel, codeOf(q.by(ben, &protocol.Cancel{ApprovalID: id}).err))
	}
	for _, c := range []protocol.Command{approve("none"), &protocol.Item{ApprovalID: "none"}, &protocol.Cancel{ApprovalID: "none"}} {
		require.Equal(t, protocol.CodeApprovalNotFound, codeOf(q.by(q.owner(), c).err))
	}
}

func TestShared_a_prompt_that_was_cancelled_before_a_decision_has_no_decider(t *testing.T) {
	s := newStage(t, settings{})
	id := s.prompts(s.joins("ben", ""))
	require.NoError(t, s.by(s.owner(), &protocol.Cancel{ApprovalID: id}).err)
	require.Equal(t, protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "the prompt is failed already"), s.by(s.owner(), approve(id)).err)
}

// An earlier version kept every prompt.
func TestShared_a_snapshot_with_prompts_that_are_done_is_read_and_shrinks(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	rejected, waits := s.prompts(ben), s.prompts(ben)
	require.NoError(t, s.by(s.owner(), &protocol.Approve{ApprovalID: rejected, Action: protocol.ActionReject}).err)
	want := s.n.encoded(t)
	var snapshot map[string]any
	require.NoError(t, json.Unmarshal([]byte(want), &snapshot))
	snapshot["Approvals"] = []map[string]any{
		{"ID": rejected, "Status": "rejected", "Seq": 5, "Failed": 0}, {"ID": waits, "Status": "pending", "Seq": 4, "Failed": 0},
	}
	s.n.state = s.n.blank()
	require.NoError(t, s.n.state.restore(rawJSON(snapshot)))
	require.Equal(t, want, s.n.encoded(t))
	s.state = s.n.sharedState()
	require.Equal(t, protocol.CodeApprovalAlreadyResolved, codeOf(s.by(s.owner(), approve(rejected)).err))
	require.NoError(t, s.by(s.owner(), approve(waits)).err)
}
