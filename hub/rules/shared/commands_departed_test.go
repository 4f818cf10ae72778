package shared_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func TestState_recognizes_a_command_of_a_guest_who_has_left(t *testing.T) {
	begin := func(t *testing.T) (q *bareSession, ann protocol.Participant, again, joinAgain func() rules.Decision) {
		q = &bareSession{Fixture: rulestest.NewFixture(t, rules.Settings{})}
		ann = q.join("ann")
		require.NoError(t, q.leave(ann).Err)
		left := journal.Seq(len(q.Session.Journal))
		again = func() rules.Decision {
			d := q.leave(ann)
			require.Contains(t, []journal.Seq{0, left}, d.Replay)
			require.Empty(t, d.Events)
			return d
		}
		invite := q.InviteToken()
		joinAgain = func() rules.Decision {
			c := &protocol.Join{UserID: "ann", InviteToken: invite}
			return q.do(shared.Command{Request: protocol.Request{ID: "join-ann", Command: c}})
		}
		return q, ann, again, joinAgain
	}
	t.Run("after a restart", func(t *testing.T) {
		q, _, again, join := begin(t)
		q.Session.SaveSnapshot(t)
		q.Session.Reload(t, q.Now)
		q.State = q.Session.SharedState()
		q.Now = q.Now.Add(shared.DepartedFor - time.Second)
		q.visits(1)
		require.NotZero(t, again().Replay)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(join().Err), "a repeated join returns no guest who has left")
	})
	t.Run("for no longer than ten minutes", func(t *testing.T) {
		q, _, again, join := begin(t)
		q.Now = q.Now.Add(shared.DepartedFor)
		q.visits(1)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
		require.NoError(t, join().Err)
	})
	t.Run("and refuses it with another payload", func(t *testing.T) {
		q, ann, _, _ := begin(t)
		d := q.do(shared.Command{Sender: q.Sender(ann), Request: protocol.Request{ID: "leave", Command: &protocol.Chat{Text: "hello"}}})
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(d.Err))
	})
	t.Run("of a bounded number of guests", func(t *testing.T) {
		q, _, again, _ := begin(t)
		q.visits(shared.MaxDeparted - 1)
		require.NotZero(t, again().Replay)
		q.visits(1)
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
	})
	t.Run("among a bounded number of commands", func(t *testing.T) {
		q, _, again, _ := begin(t)
		for range shared.DepartedMost / shared.RememberedCommands {
			talker := q.join(fmt.Sprint("talker-", q.inputs))
			for i := range shared.RememberedCommands {
				d := q.do(shared.Command{Sender: q.Sender(talker), Request: protocol.Request{ID: fmt.Sprint(i), Command: &protocol.Chat{Text: "hello"}}})
				require.NoError(t, d.Err)
			}
			require.NoError(t, q.leave(talker).Err)
			require.LessOrEqual(t, len(q.State.Departed.Known()), shared.DepartedMost)
		}
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again().Err))
	})
	t.Run("a join only until the invite is replaced", func(t *testing.T) {
		q, _, again, _ := begin(t)
		require.NoError(t, q.Send(q.Owner(), &protocol.RotateInvite{}).Err)
		require.NotZero(t, again().Replay)
		c := &protocol.Join{UserID: "ann", InviteToken: q.InviteToken()}
		require.NoError(t, q.do(shared.Command{Request: protocol.Request{ID: "join-ann", Command: c}}).Err)
	})
}

// The host session reports the outcome of an answer later. The guest may have left by
// then.
func TestState_recognizes_an_answer_of_a_guest_who_has_left_since(t *testing.T) {
	q := &bareSession{Fixture: rulestest.NewFixture(t, rules.Settings{})}
	ann := q.join("ann")
	require.NoError(t, q.leave(ann).Err)
	lists := len(q.State.Commands.Lists())
	resolved := rules.Event{Public: &protocol.PermissionResolved{RequestID: "q", Participant: &ann}, Private: rules.Private{Command: &rules.CommandRef{Scope: ann.ID, ID: "answer", Digest: "d"}}}
	q.Session.Append(t, resolved, q.Now)
	require.Len(t, q.State.Commands.Lists(), lists)
	_, known := q.State.Departed.Find(ann.ID, "answer")
	require.True(t, known)
}
