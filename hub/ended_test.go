package hub_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestEnded_prompts_are_looked_up_in_the_journal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		var proposed protocol.PromptAnswer
		ben.do(&protocol.Prompt{Prompt: "please"}, &proposed)
		reject := &protocol.Approve{ApprovalID: proposed.Approval.ID, Action: protocol.ActionReject}
		owner := r.hostCredentials()
		decideAgain := func() protocol.Code {
			_, err := r.do(owner, protocol.Request{Command: reject})
			require.Error(t, err)
			code := r.host.errorCode(reject)
			require.Equal(t, protocol.AsError(err).Code, code, "with and without a connection")
			return code
		}

		release := j.Hold() // so that the first decision is not durable when the second is made
		first, second := r.host.send(reject), r.host.send(reject)
		synctest.Wait()
		release()
		_, err := r.host.answer(first)
		require.Nil(t, err)
		_, err = r.host.answer(second)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, err.Code)
		require.Contains(t, err.Message, "ada rejected it")

		mend := j.BreakReads(errors.New("broken"))
		require.Equal(t, protocol.CodeJournalUnavailable, decideAgain(), "the approval cannot be looked up")
		mend()
		r.restart()
		r.host = r.attach(&r.owner)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, decideAgain())
		reject.ApprovalID = "none"
		require.Equal(t, protocol.CodeApprovalNotFound, decideAgain())
	})
}
