package hub_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestEnded_prompts_are_answered_from_the_journal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		var proposed protocol.PromptAnswer
		ben.say(&protocol.Prompt{Prompt: "please"}, &proposed)
		reject := &protocol.Approve{ApprovalID: proposed.Approval.ID, Action: protocol.ActionReject}
		owner := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
		again := func() protocol.Code {
			_, err := r.hub.Do(t.Context(), r.id, owner, protocol.Request{Command: reject})
			require.Error(t, err)
			over := r.host.refused(reject)
			require.Equal(t, protocol.AsError(err).Code, over, "both ways in answer the same")
			return over
		}

		release := j.Hold() // the second decision comes before the first is in the journal
		first, second := r.host.send(reject), r.host.send(reject)
		synctest.Wait()
		release()
		_, err := r.host.answer(first)
		require.Nil(t, err)
		_, err = r.host.answer(second)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, err.Code)
		require.Contains(t, err.Message, "ada rejected it")

		mend := j.BreakReads(errors.New("broken"))
		require.Equal(t, protocol.CodeJournalUnavailable, again(), "it cannot be told whether there is such a prompt")
		mend()
		r.restart()
		r.host = r.attach(&r.owner)
		require.Equal(t, protocol.CodeApprovalAlreadyResolved, again())
		reject.ApprovalID = "none"
		require.Equal(t, protocol.CodeApprovalNotFound, again())
	})
}
