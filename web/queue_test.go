package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// queue reads the queue of a session as a participant.
func (s *session) queue(t *testing.T, p person) (q protocol.WholeQueueAnswer) {
	t.Helper()
	s.w.in(t).call("GET", s.path("/queue"), nil, p.headers()...).ok(http.StatusOK, &q)
	return q
}

// awaitQueue reads the queue until it has n waiting prompts and, if one is to run, a running
// one.
func (s *session) awaitQueue(t *testing.T, n int, runs bool) (q protocol.WholeQueueAnswer) {
	t.Helper()
	for begin := time.Now(); (q.Running != nil) != runs || len(q.Queue) != n; q = s.queue(t, s.Host) {
		require.Less(t, time.Since(begin), s.w.testTimeout)
	}
	return q
}

func TestContract_Queue(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	gil, ann := s.join("gil", protocol.RoleCollaborator), s.join("ann", protocol.RoleCollaborator)
	other := w.shareOn(s.Agent, protocol.ModePromptDirect)
	require.Empty(t, s.queue(t, gil).Queue)
	require.Nil(t, s.queue(t, gil).Running)

	running := s.prompt(s.Host, "wait")
	first, second := s.prompt(gil, "wait for one"), s.prompt(ann, "wait for two")
	elsewhere := other.prompt(other.Host, "help")
	q := s.awaitQueue(t, 2, true)
	require.Equal(t, running.ID, q.Running.Approval.ID)
	require.Equal(t, []string{"wait for one", "wait for two"}, []string{q.Queue[0].Approval.Prompt, q.Queue[1].Approval.Prompt})
	require.Equal(t, []int{1, 2}, []int{q.Queue[0].Ahead, q.Queue[1].Ahead})
	require.Equal(t, gil.UserID, q.Queue[0].Author.UserID)
	require.Equal(t, gil.UserID, q.Queue[0].Approver.UserID)

	on := func(t *testing.T, who person, id, what string, body object, headers ...string) reply {
		return w.in(t).call("POST", s.path("/approvals/"+id+what), who.with(body), headers...)
	}
	t.Run("shows nothing of another session", func(t *testing.T) {
		theirs := other.awaitQueue(t, 1, false)
		require.Equal(t, 3, theirs.Queue[0].Ahead)
		on(t, s.Host, elsewhere.ID, "/withdraw", nil).fails(protocol.CodeApprovalNotFound)
		on(t, s.Host, second.ID, "/move", object{"before": elsewhere.ID}).fails(protocol.CodeApprovalNotFound)
		w.in(t).call("GET", s.path("/queue"), nil).fails(protocol.CodeInvalidRequest)
		w.in(t).call("GET", s.path("/queue"), nil, other.Host.headers()...).fails(protocol.CodeParticipantNotFound)
	})
	t.Run("is reordered by the host alone", func(t *testing.T) {
		on(t, gil, second.ID, "/move", object{"before": first.ID}).fails(protocol.CodeHostRequired)
		on(t, s.Host, second.ID, "/move", object{"before": second.ID}).fails(protocol.CodeInvalidRequest)
		on(t, s.Host, second.ID, "/move", object{"before": 3}).fails(protocol.CodeInvalidRequest)
		for range 2 {
			var a protocol.QueueAnswer
			on(t, s.Host, second.ID, "/move", object{"before": first.ID}, "Idempotency-Key", "m").ok(http.StatusOK, &a)
			require.Equal(t, []protocol.QueuedPrompt{{ApprovalID: second.ID, Ahead: 1}, {ApprovalID: first.ID, Ahead: 2}}, a.Queue)
		}
	})
	t.Run("is edited by the author alone", func(t *testing.T) {
		on(t, s.Host, first.ID, "/edit", object{"prompt": "mine"}).fails(protocol.CodeHostRequired)
		on(t, gil, first.ID, "/edit", object{"prompt": " "}).fails(protocol.CodeEmptyPrompt)
		on(t, gil, first.ID, "/edit", object{}).fails(protocol.CodeInvalidRequest)
		on(t, gil, first.ID, "/edit", object{"prompt": "x", "as": "proposal"}).fails(protocol.CodePromptNotAsExpected)
		var a protocol.PromptAnswer
		for range 2 {
			on(t, gil, first.ID, "/edit", object{"prompt": "wait well", "as": "direct"}, "Idempotency-Key", "e").ok(http.StatusOK, &a)
			require.Equal(t, first.ID, a.Approval.Replaces)
		}
		q := s.awaitQueue(t, 2, true)
		require.Equal(t, "wait well", q.Queue[1].Approval.Prompt)
		on(t, gil, first.ID, "/edit", object{"prompt": "again"}).fails(protocol.CodeApprovalAlreadyResolved)
		first = a.Approval
	})
	t.Run("loses what is withdrawn", func(t *testing.T) {
		on(t, ann, first.ID, "/withdraw", nil).fails(protocol.CodeHostRequired)
		on(t, gil, first.ID, "/withdraw", nil).ok(http.StatusOK, nil)
		on(t, s.Host, running.ID, "/withdraw", nil).fails(protocol.CodeApprovalAlreadyResolved)
		require.Len(t, s.awaitQueue(t, 1, true).Queue, 1)
	})
	t.Run("is interrupted by the host", func(t *testing.T) {
		prompt := object{"prompt": "wait a moment", "when": "interrupt"}
		w.in(t).call("POST", s.path("/prompts"), gil.with(prompt)).fails(protocol.CodeHostRequired)
		w.in(t).call("POST", s.path("/prompts"), s.Host.with(object{"prompt": "x", "when": "now"})).fails(protocol.CodeInvalidRequest)
		host, welcome := s.connect(s.Host)
		require.Equal(t, []protocol.QueuedPrompt{{ApprovalID: second.ID, Ahead: 1}}, welcome.Queue)
		var a protocol.PromptAnswer
		w.in(t).call("POST", s.path("/prompts"), s.Host.with(prompt)).ok(http.StatusOK, &a)
		require.Equal(t, protocol.WhenInterrupt, a.Approval.When)
		require.Equal(t, running.ID, nextOf[*protocol.PromptCancelled](t, host).ApprovalID)
		require.Equal(t, a.Approval.ID, nextOf[*protocol.PromptDispatchStarted](t, host).ApprovalID)
		require.Equal(t, second.ID, s.awaitQueue(t, 1, true).Queue[0].Approval.ID)
	})
}

func TestContract_Attribution(t *testing.T) {
	w := newWorld(t)
	agent := w.startAgent()
	create := func(t *testing.T, attribution any) reply {
		return w.in(t).call("POST", sharedAPI, object{"hostSessionId": agent, "hostUserId": "hana", "attribution": attribution})
	}
	var a struct{ Session map[string]any }
	create(t, "prefix").ok(http.StatusCreated, &a)
	require.Equal(t, "prefix", a.Session["attribution"])
	for _, off := range []any{nil, "off"} {
		a.Session = nil
		create(t, off).ok(http.StatusCreated, &a)
		require.NotContains(t, a.Session, "attribution", "as in the original API")
	}
	create(t, "loud").fails(protocol.CodeInvalidRequest)
}
