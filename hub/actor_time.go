package hub

import "time"

import (
	"parley/hub/rules"
)

// nextDue is when onTime is to be called.
func (a *actor) nextDue() time.Time {
	next := a.used.Add(a.hub.options.IdleAfter)
	if now := time.Now(); !next.After(now) {
		next = now.Add(a.hub.options.IdleAfter) // it was busy: look again later
	}
	var due time.Time
	if !a.rebuild.running {
		due = a.state.Due()
	}
	for _, t := range [...]time.Time{due, a.shell.due(), a.rebuild.retryAt, a.patienceEnds()} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	return next
}

// onTime does what has come due, and reports whether the actor has ended.
func (a *actor) onTime() (ended bool) {
	now := time.Now()
	a.startRebuild(now)
	a.losePatience(now)
	if due := a.state.Due(); !due.IsZero() && !due.After(now) && !a.rebuild.running {
		a.take(unanswered(rules.Tick{}))
	}
	if due := a.shell.due(); !due.IsZero() && !due.After(now) {
		a.shell.wake(now)
	}
	return a.passivate(now)
}

// passivate ends an actor that nobody uses. Its snapshot makes loading it again
// fast.
func (a *actor) passivate(now time.Time) bool {
	if now.Sub(a.used) < a.hub.options.IdleAfter || a.owes() || !a.hub.retire(a) {
		return false
	}
	a.saveSnapshot()
	a.stopCouriers()
	a.shell.stop()
	return true
}

// owes reports whether the session has something to do for somebody.
func (a *actor) owes() bool {
	if len(a.pending) > 0 || len(a.holds) > 0 || a.rebuild.running || a.shell.busy() {
		return true
	}
	due := a.state.Due()
	if !due.IsZero() && time.Until(due) < a.hub.options.IdleAfter+wakeHorizon {
		return true
	}
	for _, c := range a.couriers {
		if c.waiting() > 0 {
			return true
		}
	}
	return false
}
