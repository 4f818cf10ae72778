package hub_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
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

// damagedJournal is a journal in which the events of one session are damaged.
type damagedJournal struct {
	journal.Journal
	session atomic.Pointer[journal.SessionID] // nil for none
}

func (j *damagedJournal) Read(ctx context.Context, id journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	if damaged := j.session.Load(); damaged != nil && *damaged == id {
		return func(yield func(journal.Record, error) bool) {
			yield(journal.Record{}, &journal.DamageError{Session: id, Seq: 1, Place: "here", Err: errors.New("rot")})
		}
	}
	return j.Journal.Read(ctx, id, from)
}

// newDamageRoom returns a room on a journal in which the test can damage a session.
func newDamageRoom(t *testing.T) (*room, *damagedJournal) {
	j := &damagedJournal{Journal: newJournal()}
	return newRoomOn(t, j, hubtest.NewAgents(), hub.Options{}), j
}

func TestCourier_a_damaged_session_does_not_block_the_others(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newDamageRoom(t)
		damaged := sessionID(t, r.id)
		r.host.sub.Close()
		advance(20 * time.Minute)
		j.session.Store(&damaged)
		r.share(r.session.HostSessionID)
		synctest.Wait()   // until the host session knows the new shared session
		const many = 3000 // more messages than may wait for one session
		go func() {
			for i := range many {
				r.agent.Say(notification(i))
			}
		}()
		for range many {
			event[*protocol.HostSessionUpdate](r.host)
		}
		r.host.requireContiguous()
	})
}

func TestCourier_goroutines_end_with_their_sessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		openAndClose := func() {
			r.share(r.session.HostSessionID)
			r.host.do(&protocol.Close{}, nil)
			r.host.sub.Close()
			advance(20 * time.Minute)
		}
		openAndClose()
		before := runtime.NumGoroutine()
		for range 10 {
			openAndClose()
		}
		require.LessOrEqual(t, runtime.NumGoroutine(), before+2)
	})
}
