package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// A decision refers to an item by its id, so an id must always refer to the same text.
func TestDeciding_an_id_always_refers_to_the_same_text(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	propose := func(text string) reply {
		return w.call("POST", s.path("/prompts"), gil.with(object{"prompt": text}), "Idempotency-Key", "k")
	}
	var first, again protocol.PromptAnswer
	propose("help").ok(http.StatusOK, &first)
	propose("rm -rf /").fails(protocol.CodeInvalidRequest)
	propose("help").ok(http.StatusOK, &again)
	require.Equal(t, first.Approval, again.Approval)
	for _, prompt := range []string{"rm -rf /", "help"} { // nor when its author approves it with another text
		s.command(gil, "approve", object{"approvalId": first.Approval.ID, "action": "approve", "prompt": prompt}).status403(t)
	}
	var state protocol.StateAnswer
	w.call("GET", s.path(""), nil).ok(http.StatusOK, &state)
	require.Len(t, state.Approvals, 1)
	require.Equal(t, "help", state.Approvals[0].Prompt)
	require.Equal(t, protocol.ApprovalPending, state.Approvals[0].Status)
}

func (r reply) status403(t *testing.T) {
	t.Helper()
	require.Equal(t, http.StatusForbidden, r.status, string(r.body))
}

// A decision on an item that is resolved already is refused and changes nothing.
func TestDeciding_on_a_resolved_item_changes_nothing(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	old, next := s.prompt(gil, "help"), s.prompt(gil, "plan")
	s.resolve(old.ID, "reject")
	w.call("POST", s.path("/approvals/"+old.ID), s.Host.with(object{"action": "approve"})).
		fails(protocol.CodeApprovalAlreadyResolved)
	s.command(s.Host, "permission", object{"requestId": old.ID, "optionId": "allow"})
	var state protocol.StateAnswer
	w.call("GET", s.path(""), nil).ok(http.StatusOK, &state)
	require.Equal(t, next.ID, state.Approvals[0].ID)
	require.Equal(t, protocol.ApprovalPending, state.Approvals[0].Status, "the next one is not decided on instead")
	require.Equal(t, protocol.ApprovalRejected, state.Approvals[1].Status)
}
