package hub

import (
	"slices"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
)

const (
	// commitPatience is how long a command waits for its commit. Then it is
	// answered that the journal is unavailable; whether it was carried out is
	// known once the commit has an outcome, and then told under the same id.
	commitPatience = 3 * time.Second
	// holdPatience is how long a command of a shared session waits for its host
	// session, which answers at once unless its own commits do not end.
	holdPatience = commitPatience + 2*time.Second
	// sendPatience is how long a command waits for its session to be loaded and to
	// take it.
	sendPatience = commitPatience + 2*time.Second
)

// patienceEnds is when losePatience is to be called; zero for never.
func (a *actor) patienceEnds() time.Time {
	var ends time.Time
	if len(a.pending) > 0 && !a.stalled {
		ends = a.pending[0].since.Add(commitPatience)
	}
	if a.kind != journal.KindShared {
		return ends // a command that waits for an agent to start may wait for as long as that takes
	}
	for _, waiting := range a.holds {
		if end := waiting[0].since.Add(holdPatience); ends.IsZero() || end.Before(ends) {
			ends = end
		}
	}
	return ends
}

// losePatience answers the commands that have waited for too long. What they were
// decided to lead to stays, and is shown when its commit succeeds after all.
func (a *actor) losePatience(now time.Time) {
	if len(a.pending) > 0 && !a.stalled && !a.pending[0].since.Add(commitPatience).After(now) {
		a.log.Warn("the journal does not answer", zap.Duration("since", now.Sub(a.pending[0].since)))
		a.stalled = true
		a.refusePending()
	}
	if a.kind != journal.KindShared {
		return
	}
	for name, waiting := range a.holds {
		left := slices.DeleteFunc(waiting, func(h held) bool {
			late := !h.since.Add(holdPatience).After(now)
			if late {
				h.reply(result{err: journalUnavailable()})
			}
			return late
		})
		if a.holds[name] = left; len(left) == 0 {
			delete(a.holds, name)
		}
	}
}
