package hub_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/protocol"
)

// unreadableJournal cannot be read while it is down.
type unreadableJournal struct {
	*hubtest.FaultyJournal
	down atomic.Bool
}

func (j *unreadableJournal) Summary(ctx context.Context, id journal.SessionID) (journal.Summary, error) {
	if j.down.Load() {
		return journal.Summary{}, journal.ErrUnavailable
	}
	return j.FaultyJournal.Summary(ctx, id)
}

func TestJournal_that_can_be_neither_written_nor_read(t *testing.T) {
	cases := []struct {
		name    string
		written bool
	}{{"and had not taken the append", false}, {"and had taken the append", true}}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := &unreadableJournal{FaultyJournal: newJournal()}
				r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
				ben := r.join("ben")
				ben.passOver()
				j.down.Store(true)
				if tc.written {
					j.FailWritten(1, journal.ErrUnavailable)
				} else {
					j.FailUnwritten(1, journal.ErrUnavailable)
				}
				require.Equal(t, protocol.CodeJournalUnavailable, r.host.refused(&protocol.Chat{Text: "one"}))
				require.Equal(t, protocol.CodeJournalUnavailable, r.host.refused(&protocol.Chat{Text: "two"}), "at once")
				r.agent.Say(notification(1))
				pass(time.Minute)
				j.down.Store(false)
				if tc.written {
					require.Equal(t, "one", event[*protocol.MessageCreated](ben).Message.Text)
				}
				event[*protocol.HostSessionUpdate](ben)
				r.host.say(&protocol.Chat{Text: "three"}, nil)
				require.Equal(t, "three", event[*protocol.MessageCreated](ben).Message.Text, "what was refused is not done later")
				ben.whole()
				want := 1
				if tc.written {
					want = 2
				}
				require.Len(t, r.messages(), want)
			})
		})
	}
}

func TestJournal_that_stays_down_does_not_keep_the_hub_from_stopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &unreadableJournal{FaultyJournal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.prompted()
		j.down.Store(true)
		j.FailUnwritten(1000, journal.ErrFull)
		require.Equal(t, protocol.CodeJournalUnavailable, r.host.refused(&protocol.Chat{Text: "one"}))
		r.agent.Say(notification(1))
		require.NoError(t, r.hub.Stop(context.Background()))
		<-r.agent.Exited()
		require.Equal(t, protocol.CloseGoingAway, r.host.closed())
	})
}
