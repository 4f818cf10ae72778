package hub_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/protocol"
)

// asked is a journal that counts how often a participant is looked up, and may
// take its time for it.
type asked struct {
	journal.Journal
	participants atomic.Int64
	hangs        atomic.Bool
	slow         atomic.Int64 // time.Duration
}

func (j *asked) Entry(ctx context.Context, id journal.SessionID, of journal.Subject, subjectID string) (journal.Entry, error) {
	if of == journal.SubjectParticipant {
		j.participants.Add(1)
		if j.hangs.Load() {
			<-ctx.Done()
			return journal.Entry{}, ctx.Err()
		}
		<-time.After(time.Duration(j.slow.Load()))
	}
	return j.Journal.Entry(ctx, id, of, subjectID)
}

func newAsked(t *testing.T) (*room, *asked) {
	j := &asked{Journal: newJournal()}
	return newRoomOn(t, j, hubtest.NewAgents(), hub.Options{}), j
}

// overREST carries a command of the host out that comes as a request of its own.
func (r *room) overREST(c protocol.Command) error {
	who := hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
	_, err := r.hub.Do(r.t.Context(), r.id, who, protocol.Request{ID: uuid.NewString(), Command: c})
	return err
}

func TestAbsent_only_those_who_have_left_are_looked_up(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newAsked(t)
		lowered := func(id string) protocol.Command {
			return &protocol.SetRole{ParticipantID: id, Role: protocol.RoleViewer}
		}
		require.Equal(t, protocol.CodeParticipantNotFound, r.host.refused(lowered(uuid.NewString())), "nobody has left")
		ben, cem := r.join("ben"), r.join("cem")
		r.host.say(lowered(ben.me.ID), nil)
		require.NoError(t, r.overREST(lowered(cem.me.ID)))
		ben.say(&protocol.Leave{}, nil)
		r.host.say(lowered(cem.me.ID), nil)
		r.host.say(&protocol.Remove{ParticipantID: cem.me.ID, KeepInvite: true}, nil)
		require.Zero(t, j.participants.Load())

		r.host.say(lowered(ben.me.ID), nil)
		require.EqualValues(t, 1, j.participants.Load())
		require.NoError(t, r.overREST(&protocol.Remove{ParticipantID: ben.me.ID, KeepInvite: true}))
		require.EqualValues(t, 2, j.participants.Load())
		require.Equal(t, protocol.CodeHostRequired, r.join("dot").refused(lowered(ben.me.ID)))
		require.EqualValues(t, 2, j.participants.Load(), "whoever may not is refused first")
	})
}

// What a connection sends after a command about a participant who has left is carried
// out and answered after it.
func TestAbsent_commands_of_a_connection_stay_in_order(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newAsked(t)
		var gone []string
		for i := range 3 {
			p := r.join(fmt.Sprint("guest ", i))
			p.say(&protocol.Leave{}, nil)
			gone = append(gone, p.me.ID)
		}
		j.slow.Store(int64(time.Second))
		var sent []string
		for i, id := range gone {
			sent = append(sent,
				r.host.send(&protocol.Remove{ParticipantID: id, KeepInvite: true}),
				r.host.send(&protocol.Chat{Text: fmt.Sprint(i)}),
				r.host.send(&protocol.Remove{ParticipantID: "nobody"}))
		}
		var answered, happened []string
		for len(answered) < len(sent) {
			switch m := r.host.next().(type) {
			case *protocol.OKMessage:
				answered = append(answered, m.ID)
			case *protocol.ErrorMessage:
				require.Equal(t, protocol.CodeParticipantNotFound, m.Error.Code)
				answered = append(answered, m.ID)
			case *protocol.Event:
				switch p := m.Payload.(type) {
				case *protocol.MessageCreated:
					happened = append(happened, p.Message.Text)
				case *protocol.ParticipantLeft:
					if p.RemovedBy != nil {
						happened = append(happened, p.Participant.UserID)
					}
				}
			}
		}
		require.Equal(t, sent, answered)
		require.Equal(t, []string{"guest 0", "0", "guest 1", "1", "guest 2", "2"}, happened)
	})
}

func TestAbsent_a_disk_that_hangs_holds_up_only_commands_about_those_who_have_left(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newAsked(t)
		ben, cem := r.join("ben"), r.join("cem")
		ben.say(&protocol.Leave{}, nil)
		j.hangs.Store(true)
		begun := time.Now()
		r.host.say(&protocol.SetRole{ParticipantID: cem.me.ID, Role: protocol.RoleViewer}, nil)
		require.Zero(t, time.Since(begun))
		require.Equal(t, protocol.CodeJournalUnavailable, r.host.refused(&protocol.Remove{ParticipantID: ben.me.ID}))
		require.LessOrEqual(t, time.Since(begun), 5*time.Second)
		begun = time.Now()
		require.ErrorIs(t, r.overREST(&protocol.Remove{ParticipantID: ben.me.ID}), &protocol.Error{Code: protocol.CodeJournalUnavailable})
		require.LessOrEqual(t, time.Since(begun), 5*time.Second)
		j.hangs.Store(false)
		r.host.say(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
	})
}

// Neither an outage nor the hub's end leaves a connection waiting for what is not
// decided.
func TestAbsent_a_command_that_is_not_decided_ends_all_the_same(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.say(&protocol.Leave{}, nil)
		mend := j.Break(journal.ErrUnavailable)
		require.Equal(t, protocol.CodeJournalUnavailable, r.host.refused(&protocol.Chat{Text: "lost"}))
		for range 3 {
			begun := time.Now()
			require.Equal(t, protocol.CodeJournalUnavailable, r.host.refused(&protocol.Remove{ParticipantID: ben.me.ID}))
			require.Less(t, time.Since(begun), answerTime)
			pass(time.Second)
		}
		mend()
		pass(time.Minute)
		r.host.say(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
		require.NoError(t, r.hub.Stop(t.Context()))
		require.Error(t, r.host.sub.Send(t.Context(), protocol.Request{ID: "late", Command: &protocol.Remove{ParticipantID: ben.me.ID}}))
	})
}
