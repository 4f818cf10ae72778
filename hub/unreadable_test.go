package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
)

func TestJournal_a_failed_append_while_the_journal_cannot_be_read(t *testing.T) {
	for name, written := range map[string]bool{"that was not written": false, "that was written": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, j := newRoom(t, hub.Options{})
				ben := r.join("ben")
				ben.discard()
				mend := j.BreakReads(journal.ErrUnavailable)
				if written {
					j.FailWritten(1, journal.ErrUnavailable)
				} else {
					j.FailUnwritten(1, journal.ErrUnavailable)
				}
				start := time.Now()
				require.Equal(t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.Chat{Text: "one"}))
				require.Equal(t, protocol.CodeJournalUnavailable, r.host.errorCode(&protocol.Chat{Text: "two"}))
				require.Zero(t, time.Since(start), "neither command waits for a timeout")
				r.agent.Say(notification(1))
				advance(time.Minute)
				mend()
				if written {
					require.Equal(t, "one", event[*protocol.MessageCreated](ben).Message.Text)
				}
				event[*protocol.HostSessionUpdate](ben)
				r.host.do(&protocol.Chat{Text: "three"}, nil)
				require.Equal(t, "three", event[*protocol.MessageCreated](ben).Message.Text, "a refused command is not carried out later")
				ben.requireContiguous()
				want := 1
				if written {
					want = 2
				}
				require.Len(t, r.messages(), want)
			})
		})
	}
}
