package lookup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// rejected proposes n prompts, each of which the host rejects.
func (s session) rejected(n int, prompt string) {
	ben := s.Join("ben", "")
	for range n {
		require.NoError(s.T, s.Send(ben, &protocol.Prompt{Prompt: prompt}).Err)
		open := s.State.Open[len(s.State.Open)-1].Approval.ID
		require.NoError(s.T, s.Send(s.Owner(), &protocol.Approve{ApprovalID: open, Action: protocol.ActionReject}).Err)
	}
}

// approvals reads all pages of approvals.
func approvals(t *testing.T, s session, r history.Reader) ([]protocol.Approval, []int) {
	a := answer[lookup.SessionState](s, shared.ReadState).Approvals
	return readAll(t, a.Until, pageOf(t, r, a.Page))
}

func TestApprovals_Page(t *testing.T) {
	t.Run("lists every approval once, the newest first", func(t *testing.T) {
		s := newSession(t)
		s.rejected(history.PageItems+5, "do it")
		open := s.Prompt(s.Owner())
		got, sizes := approvals(t, s, s.reader())
		require.Equal(t, open, got[0].ID)
		require.Equal(t, protocol.ApprovalApproved, got[0].Status)
		var ids []string
		for _, a := range got {
			ids = append(ids, a.ID)
		}
		slices.Reverse(ids)
		require.Equal(t, s.Session.Approvals(), ids)
		require.Equal(t, []int{history.PageItems, 6}, sizes)
	})
	t.Run("has the status and the failure of the newest event", func(t *testing.T) {
		s := newSession(t)
		id := s.RunPrompt()
		s.AgentReports(rules.AgentTurnEnded{Turn: id, Err: fmt.Errorf("no network")})
		s.DeliverAll()
		got, _ := approvals(t, s, s.reader())
		require.Equal(t, protocol.ApprovalFailed, got[0].Status)
		require.Equal(t, "no network", *got[0].ErrorMessage)
		require.Equal(t, "do it", got[0].Prompt)
	})
	t.Run("is bounded in bytes", func(t *testing.T) {
		s := newSession(t)
		s.rejected(10, strings.Repeat("x", 20<<10))
		got, sizes := approvals(t, s, s.reader())
		require.Len(t, got, 10)
		for _, n := range sizes {
			require.LessOrEqual(t, n, history.PageBytes/(20<<10)+1)
		}
	})
	t.Run("is complete if the journal returns few events at a time", func(t *testing.T) {
		s := newSession(t)
		s.rejected(9, "do it")
		r := s.reader()
		r.Journal = largeEvents{r.Journal}
		got, _ := approvals(t, s, r)
		require.Len(t, got, 9)
	})
}

func TestEndedPromptAnswer(t *testing.T) {
	s := newSession(t)
	s.rejected(1, "do it")
	id := s.Session.Approvals()[0]
	r := s.reader()
	// read returns the error of a command of the host, decided without the journal.
	read := func(c protocol.Command) error {
		d := s.State.Decide(rules.Input{At: s.Now, Now: s.Now, Body: shared.Command{Sender: s.Sender(s.Owner()), Request: protocol.Request{Command: c}}})
		require.IsType(t, shared.EndedPrompt{}, d.Answer)
		_, err := lookup.EndedPromptAnswer{EndedPrompt: d.Answer.(shared.EndedPrompt)}.Read(t.Context(), r)
		return err
	}
	approve := &protocol.Approve{ApprovalID: id, Action: protocol.ActionApprove}
	require.ErrorContains(t, read(approve), "ada rejected it")
	require.Equal(t, protocol.CodeApprovalAlreadyResolved, rulestest.ErrorCode(read(approve)))
	require.Equal(t, protocol.CodeNothingToCancel, rulestest.ErrorCode(read(&protocol.Cancel{ApprovalID: id})))
	require.Equal(t, protocol.CodeApprovalNotFound, rulestest.ErrorCode(read(&protocol.Cancel{ApprovalID: "unknown"})))
}
