package join

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestRoom_numbers_prompts_and_finds_them(t *testing.T) {
	r := &room{}
	_, err := r.prompt(0)
	require.ErrorContains(t, err, "no prompt waits")
	for _, id := range []string{"a", "b"} {
		r.expect(&protocol.PromptPendingApproval{Approval: protocol.Approval{ID: id}})
	}
	_, err = r.prompt(0)
	require.ErrorContains(t, err, "say which prompt: 1, 2")
	_, err = r.prompt(7)
	require.Error(t, err)
	p, err := r.prompt(2)
	require.NoError(t, err)
	require.Equal(t, "b", p.ID)
	r.fold(&protocol.PromptRejected{Approval: protocol.Approval{ID: "a"}})
	p, err = r.prompt(0)
	require.NoError(t, err, "the only one needs no number")
	require.Equal(t, 2, p.number, "and keeps the one that it was shown with")
}

func TestRoom_answers_the_oldest_question(t *testing.T) {
	r := &room{}
	_, _, err := r.answer("", "allow_once")
	require.ErrorContains(t, err, "asks nothing")
	options := []byte(`[{"optionId":"a","name":"Always","kind":"allow_always"},{"optionId":"o","name":"Once","kind":"allow_once"},{"optionId":"n","name":"No","kind":"reject_once"}]`)
	r.expect(&protocol.PermissionRequested{Permission: protocol.Permission{RequestID: "q1", ToolCall: []byte(`{"title":"Run"}`), Options: options}})
	r.expect(&protocol.PermissionRequested{Permission: protocol.Permission{RequestID: "q2", ToolCall: []byte(`7`), Options: []byte(`{}`)}})
	for word, want := range map[string]string{"": "o", "1": "a", "always": "a", "n": "n"} {
		q, o, err := r.answer(word, "allow_once")
		require.NoError(t, err)
		require.Equal(t, "q1", q.id)
		require.Equal(t, want, o.ID, "%q", word)
	}
	_, o, err := r.answer("", "reject_once", "reject_always")
	require.NoError(t, err)
	require.Equal(t, "n", o.ID)
	_, _, err = r.answer("maybe", "allow_once")
	require.ErrorContains(t, err, "1 Always, 2 Once, 3 No", "nothing is chosen for people")
	r.fold(&protocol.PermissionResolved{RequestID: "q1"})
	_, _, err = r.answer("", "allow_once")
	require.Error(t, err, "the second question offers nothing")
	r.fold(&protocol.PermissionWithdrawn{RequestID: "q2"})
	require.Empty(t, r.asked)
}

func TestRoom_knows_who_is_here(t *testing.T) {
	ann := protocol.Participant{ID: "a", UserID: "ann", Role: protocol.RoleCollaborator}
	r := &room{self: ann}
	r.fold(&protocol.ParticipantJoined{Participant: ann})
	ann.Role = protocol.RoleViewer
	r.fold(&protocol.ParticipantUpdated{Participant: ann})
	require.Equal(t, protocol.RoleViewer, r.self.Role)
	require.Equal(t, "ann", r.name("a"))
	r.fold(&protocol.ParticipantLeft{Participant: ann})
	require.Empty(t, r.people)
	require.Equal(t, "somebody", r.name("a"))
}
