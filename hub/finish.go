package hub

import (
	"encoding/json"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
	"parley/hub/rules"
)

// finish ends the actor when the hub stops it: what is in the inbox is decided,
// what was decided is committed and shown, then everything that was started is
// stopped and waited for.
func (a *actor) finish() {
	for range cap(a.inbox) + cap(a.mail) {
		select {
		case in := <-a.inbox:
			a.take(in)
		case in := <-a.mail:
			a.take(in)
		default:
		}
	}
	if a.agent != nil {
		a.take(unanswered(agentSpoke{})) // what was to wait for more
	}
	a.take(unanswered(rules.Shutdown{}))
	a.settleAll()
	a.shell.stop()
	a.stopCouriers()
	for hold := range a.holds {
		a.releaseHeld(rules.Release{Hold: hold, Other: journalUnavailable()})
	}
	if len(a.pending) == 0 {
		a.saveSnapshot()
	}
}

// settleAll waits for every append. One that fails ends it, as does the hub's
// giving up: there is no time left to rebuild, and what was not confirmed was not
// shown.
func (a *actor) settleAll() {
	gaveUp := a.hub.life.Done()
	for open := true; open && len(a.pending) > 0 && !a.rebuild.running; {
		select {
		case <-a.pending[0].commit.Done():
			a.settle()
		case <-gaveUp:
			open = false
		}
	}
	a.refusePending()
	if a.rebuild.running && a.rebuild.retryAt.IsZero() {
		select {
		case <-a.rebuild.result: // the loading goroutine ends before the hub does
		case <-gaveUp:
		}
	}
}

// snapshotVersion is that of the encoding of a state. It changes with the
// states' exported fields.
const snapshotVersion = 1

// saveSnapshot puts down the state, which stands on what is durable. It may be
// lost; the journal is what counts.
func (a *actor) saveSnapshot() {
	if a.unsaved == 0 || a.rebuild.running {
		return
	}
	encoded, err := json.Marshal(a.state)
	if err != nil {
		a.log.Error("the state cannot be encoded", zap.Error(err))
		return
	}
	a.writer.PutSnapshot(journal.Snapshot{Session: a.id, Head: a.head, Version: snapshotVersion, State: encoded})
	a.unsaved = 0
}

func (a *actor) stopCouriers() {
	deadline := time.Now().Add(courierFlush)
	for _, c := range a.couriers {
		c.stop(deadline)
	}
}
