package hub

import (
	"encoding/json"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
	"parley/hub/rules"
)

// nextDue returns when to call onTime: when something is due, and at the latest after
// IdleAfter.
func (a *actor) nextDue() time.Time {
	next := a.used.Add(a.hub.options.IdleAfter)
	if now := time.Now(); !next.After(now) {
		next = now.Add(a.hub.options.IdleAfter) // the session was busy: check again later
	}
	var due time.Time
	if !a.recovery.running() {
		due = a.state.Due()
	}
	for _, t := range [...]time.Time{due, a.shell.due(), a.recovery.due(), a.nextTimeout()} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	return next
}

// onTime does what is due, and reports whether the actor has ended.
func (a *actor) onTime() (ended bool) {
	now := time.Now()
	a.retryRecovery(now)
	a.answerTimedOut(now)
	if due := a.state.Due(); !due.IsZero() && !due.After(now) && !a.recovery.running() {
		a.take(unanswered(rules.Tick{}))
	}
	if due := a.shell.due(); !due.IsZero() && !due.After(now) {
		a.shell.wake(now)
	}
	return a.passivate(now)
}

// passivate ends the actor if its session is idle, and reports whether it has. A snapshot
// makes loading the session again fast.
func (a *actor) passivate(now time.Time) (ended bool) {
	if now.Sub(a.used) < a.hub.options.IdleAfter || a.busy() || !a.hub.retire(a) {
		return false
	}
	a.saveSnapshot()
	a.stopCouriers()
	a.shell.stop()
	return true
}

// busy reports whether the session must stay in memory: it waits for something, or has
// something to do soon.
func (a *actor) busy() bool {
	if len(a.pending) > 0 || len(a.holds) > 0 || a.recovery.running() || a.shell.busy() {
		return true
	}
	due := a.state.Due()
	if !due.IsZero() && time.Until(due) < a.hub.options.IdleAfter+wakeHorizon {
		return true
	}
	for _, c := range a.couriers {
		if c.Waiting() > 0 {
			return true
		}
	}
	return false
}

// finish ends the actor when the hub stops it. It decides on the inputs that wait, commits
// and releases what was decided, and stops everything that the session has started.
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
		a.take(unanswered(inboxReady{})) // streamed text that is still gathered
	}
	a.take(unanswered(rules.Shutdown{}))
	a.settleAll()
	a.shell.stop()
	a.stopCouriers()
	for hold := range a.holds {
		a.releaseHeld(rules.Release{Hold: hold, Err: journalUnavailable()})
	}
	if len(a.pending) == 0 {
		a.saveSnapshot()
	}
}

// settleAll waits for every append, until one fails or the hub gives up. There is no time
// left for a recovery, and no client has received an event that was not confirmed.
func (a *actor) settleAll() {
	gaveUp := a.hub.life.Done()
	for open := true; open && len(a.pending) > 0 && !a.recovery.running(); {
		select {
		case <-a.pending[0].commit.Done():
			a.settle()
		case <-gaveUp:
			open = false
		}
	}
	a.refusePending()
	if a.recovery.phase == recoveryLoading {
		select {
		case <-a.recovery.result: // the loading goroutine ends before the hub does
		case <-gaveUp:
		}
	}
}

// courierFlush is how long the couriers of an ending session may take to deliver what
// waits. Messages that are left then are sent again when the sessions next wake.
const courierFlush = 2 * time.Second

// stopCouriers stops all couriers within courierFlush.
func (a *actor) stopCouriers() {
	deadline := time.Now().Add(courierFlush)
	for _, c := range a.couriers {
		c.Stop(deadline)
	}
}

// snapshotVersion is the version of the encoding of a state. It changes with the
// states' exported fields.
const snapshotVersion = 1

// saveSnapshot writes the state as a snapshot, if events have followed the last one. The
// caller makes sure that no append is pending, so that the state holds durable events
// only. The journal may lose a snapshot.
func (a *actor) saveSnapshot() {
	if a.unsaved == 0 || a.recovery.running() {
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
