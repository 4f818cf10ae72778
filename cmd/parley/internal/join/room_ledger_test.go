package join

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/story"
	"parley/protocol"
)

var start0 = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// after returns the time ms milliseconds after the beginning of a test.
func after(ms int) time.Time { return start0.Add(time.Duration(ms) * time.Millisecond) }

// typed returns the moment of a line that a person typed between two times.
func typed(began, ended int) ledger.Moment {
	return ledger.Moment{Began: after(began), Ended: after(ended), Person: true}
}

func proposes(r *room, id, text string) {
	r.addItems(&protocol.PromptPendingApproval{Approval: protocol.Approval{ID: id, Prompt: text, Status: protocol.ApprovalPending}}, story.New())
	r.markShown(after(0))
}

func TestRoom_a_prompt_keeps_its_number_until_its_turn_ends(t *testing.T) {
	r := newRoom()
	proposes(r, "p", "Add a test")
	r.apply(&protocol.PromptApproved{Approval: protocol.Approval{ID: "p", Prompt: "Add a test", Status: protocol.ApprovalApproved}}, after(10))
	_, err := r.ledger.Pick(ledger.KindProposal, 1, typed(2000, 3000), false)
	require.ErrorContains(t, err, "#1 is a prompt that was approved; see /cancel")
	i, err := r.ledger.Pick(ledger.KindTurn, 0, typed(2000, 3000), false)
	require.NoError(t, err)
	require.Equal(t, 1, i.Number)
	r.apply(&protocol.PromptDispatchCompleted{ApprovalID: "p"}, after(2500))
	_, err = r.ledger.Pick(ledger.KindTurn, 0, typed(2000, 3000), false)
	require.ErrorContains(t, err, "is closed (the turn has ended)")
}

func TestRoom_cancel_never_affects_the_next_turn(t *testing.T) {
	r := newRoom()
	for _, id := range []string{"a", "b"} {
		proposes(r, id, id)
		r.apply(&protocol.PromptApproved{Approval: protocol.Approval{ID: id, Prompt: id, Status: protocol.ApprovalApproved}}, after(10))
	}
	_, err := r.ledger.Pick(ledger.KindTurn, 0, typed(2000, 3000), false)
	require.ErrorContains(t, err, "more than one turn is open")
	r.apply(&protocol.PromptDispatchCompleted{ApprovalID: "a"}, after(2500))
	_, err = r.ledger.Pick(ledger.KindTurn, 0, typed(2000, 3000), false)
	require.ErrorContains(t, err, "#1 (a) was on the screen while you were typing, and is closed")
}

func TestRoom_a_new_welcome_keeps_the_numbers(t *testing.T) {
	r := newRoom()
	for _, id := range []string{"a", "b", "c"} {
		proposes(r, id, id)
	}
	r.ledger.Find("c").Author = "Ann"
	r.reset(&protocol.Welcome{Approvals: []protocol.Approval{
		{ID: "c", Prompt: "c", Status: protocol.ApprovalPending}, {ID: "d", Prompt: "d", Status: protocol.ApprovalPending},
	}}, story.New(), after(100))
	var names []string
	for _, i := range r.ledger.Open(ledger.KindProposal) {
		names = append(names, i.Label()+" "+i.Approval.Prompt)
	}
	require.Equal(t, []string{"#3 c", "#4 d"}, names)
	require.Equal(t, "Ann", r.ledger.Find("c").Author, "the author has left")
	_, err := r.ledger.Pick(ledger.KindProposal, 1, typed(500, 1000), false)
	require.ErrorContains(t, err, "#1 (a) is closed (while the connection was lost)")
}
