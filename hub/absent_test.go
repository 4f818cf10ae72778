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

// lookupJournal counts how often a participant is looked up, and delays lookups.
type lookupJournal struct {
	journal.Journal
	participants atomic.Int64 // lookups so far
	hangs        atomic.Bool  // a lookup returns only when its context ends
	delay        atomic.Int64 // of each lookup, as a time.Duration
}

func (j *lookupJournal) Entry(ctx context.Context, id journal.SessionID, of journal.Subject, subjectID string) (journal.Entry, error) {
	if of == journal.SubjectParticipant {
		j.participants.Add(1)
		if j.hangs.Load() {
			<-ctx.Done()
			return journal.Entry{}, ctx.Err()
		}
		<-time.After(time.Duration(j.delay.Load()))
	}
	return j.Journal.Entry(ctx, id, of, subjectID)
}

func newLookupRoom(t *testing.T) (*room, *lookupJournal) {
	j := &lookupJournal{Journal: newJournal()}
	return newRoomOn(t, j, hubtest.NewAgents(), hub.Options{}), j
}

// doAsHost carries out a command of the host without a connection.
func (r *room) doAsHost(c protocol.Command) error {
	_, err := r.do(r.hostCredentials(), protocol.Request{ID: uuid.NewString(), Command: c})
	return err
}

func TestAbsent_only_participants_who_have_left_are_looked_up(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newLookupRoom(t)
		makeViewer := func(id string) protocol.Command {
			return &protocol.SetRole{ParticipantID: id, Role: protocol.RoleViewer}
		}
		require.Equal(t, protocol.CodeParticipantNotFound, r.host.errorCode(makeViewer(uuid.NewString())), "no participant has left")
		ben, cem := r.join("ben"), r.join("cem")
		r.host.do(makeViewer(ben.me.ID), nil)
		require.NoError(t, r.doAsHost(makeViewer(cem.me.ID)))
		ben.do(&protocol.Leave{}, nil)
		r.host.do(makeViewer(cem.me.ID), nil)
		r.host.do(&protocol.Remove{ParticipantID: cem.me.ID, KeepInvite: true}, nil)
		require.Zero(t, j.participants.Load())

		r.host.do(makeViewer(ben.me.ID), nil)
		require.EqualValues(t, 1, j.participants.Load())
		require.NoError(t, r.doAsHost(&protocol.Remove{ParticipantID: ben.me.ID, KeepInvite: true}))
		require.EqualValues(t, 2, j.participants.Load())
		require.Equal(t, protocol.CodeHostRequired, r.join("dot").errorCode(makeViewer(ben.me.ID)))
		require.EqualValues(t, 2, j.participants.Load(), "a missing right is found before the lookup")
	})
}

// A command about a participant who has left is carried out and answered before the
// later commands of its connection.
func TestAbsent_commands_of_a_connection_stay_in_order(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newLookupRoom(t)
		var left []string
		for i := range 3 {
			p := r.join(fmt.Sprint("guest ", i))
			p.do(&protocol.Leave{}, nil)
			left = append(left, p.me.ID)
		}
		j.delay.Store(int64(time.Second))
		var sent []string
		for i, id := range left {
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

func TestAbsent_a_lookup_that_hangs_delays_only_commands_about_former_participants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newLookupRoom(t)
		ben, cem := r.join("ben"), r.join("cem")
		ben.do(&protocol.Leave{}, nil)
		j.hangs.Store(true)
		start := time.Now()
		r.host.do(&protocol.SetRole{ParticipantID: cem.me.ID, Role: protocol.RoleViewer}, nil)
		require.Zero(t, time.Since(start))
		require.Equal(t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.Remove{ParticipantID: ben.me.ID}))
		require.LessOrEqual(t, time.Since(start), 5*time.Second)
		start = time.Now()
		requireCode(t, protocol.CodeJournalUnavailable, r.doAsHost(&protocol.Remove{ParticipantID: ben.me.ID}))
		require.LessOrEqual(t, time.Since(start), 5*time.Second)
		j.hangs.Store(false)
		r.host.do(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
	})
}

// A connection waits for the decision on a command about a former participant. There is
// none in an outage, and after the hub has stopped.
func TestAbsent_a_command_without_a_decision_does_not_block_its_connection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		ben := r.join("ben")
		ben.do(&protocol.Leave{}, nil)
		mend := j.Break(journal.ErrUnavailable)
		require.Equal(t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.Chat{Text: "lost"}))
		for range 3 {
			start := time.Now()
			require.Equal(t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.Remove{ParticipantID: ben.me.ID}))
			require.Less(t, time.Since(start), maxAnswerTime)
			advance(time.Second)
		}
		mend()
		advance(time.Minute)
		r.host.do(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
		require.NoError(t, r.hub.Stop(t.Context()))
		require.Error(t, r.host.sub.Send(t.Context(), protocol.Request{ID: "late", Command: &protocol.Remove{ParticipantID: ben.me.ID}}))
	})
}
