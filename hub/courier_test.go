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

// damagedJournal is one in which a session cannot be read.
type damagedJournal struct {
	journal.Journal
	session atomic.Pointer[journal.SessionID]
}

func (j *damagedJournal) Read(ctx context.Context, id journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	if damaged := j.session.Load(); damaged != nil && *damaged == id {
		return func(yield func(journal.Record, error) bool) {
			yield(journal.Record{}, &journal.DamageError{Session: id, Seq: 1, Place: "here", Err: errors.New("rot")})
		}
	}
	return j.Journal.Read(ctx, id, from)
}

func TestCourier_a_damaged_session_does_not_keep_the_agent_from_the_others(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &damagedJournal{Journal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		damaged, err := journal.ParseSessionID(r.id)
		require.NoError(t, err)
		r.host.sub.Close()
		pass(20 * time.Minute)
		j.session.Store(&damaged)
		r.share(r.session.HostSessionID)
		synctest.Wait()   // the host session has heard of the new one: what is said before is not for it
		const many = 3000 // more than waits for one session
		go func() {
			for i := range many {
				r.agent.Say(notification(i))
			}
		}()
		for range many {
			event[*protocol.HostSessionUpdate](r.host)
		}
		r.host.whole()
	})
}

func TestCourier_sessions_that_come_and_go_leave_no_goroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		come := func() {
			r.share(r.session.HostSessionID)
			r.host.say(&protocol.Close{}, nil)
			r.host.sub.Close()
			pass(20 * time.Minute)
		}
		come()
		before := runtime.NumGoroutine()
		for range 10 {
			come()
		}
		require.LessOrEqual(t, runtime.NumGoroutine(), before+2)
	})
}
