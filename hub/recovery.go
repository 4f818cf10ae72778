package hub

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
)

// recovery is the part of an actor that deals with a failed append. The actor's state is
// ahead of the journal then, so it is loaded again. Meanwhile commands are refused, and
// inputs that must not be lost are kept, to be decided on again.
type recovery struct {
	phase   recoveryPhase
	retryAt time.Time      // when to load, in recoveryWaiting
	result  chan recovered // from the loading goroutine; capacity one, so that it never blocks
	kept    []envelope     // inputs to decide on again, in order; bounded, since mail is not read meanwhile
	ended   time.Time      // when the last recovery ended
	pause   time.Duration  // the last pause between two recoveries; zero after a successful append
}

// recoveryPhase is the progress of a recovery.
type recoveryPhase int

const (
	recoveryNone    recoveryPhase = iota // appends succeed
	recoveryWaiting                      // the next load is due at retryAt
	recoveryLoading                      // a goroutine loads the state
	recoveryProving                      // the kept inputs were decided on again, and no append has succeeded since
)

// running reports whether the state is still to be loaded.
func (r *recovery) running() bool { return r.phase == recoveryWaiting || r.phase == recoveryLoading }

// due returns when to call retryRecovery; zero for never.
func (r *recovery) due() time.Time {
	if r.phase == recoveryWaiting {
		return r.retryAt
	}
	return time.Time{}
}

// recovered is the outcome of a load.
type recovered struct {
	loaded    loaded
	committed int // how many appends at the front of pending are in the journal
	err       error
}

// maxRetryFactor is how many times Options.JournalRetry the longest pause is.
const maxRetryFactor = 10

// refuse answers a command that cannot be carried out now, and keeps any other input.
func (r *recovery) refuse(in envelope) {
	if in.reply != nil {
		err := journalUnavailable()
		if rejected, ok := in.Body.(shared.Rejection); ok {
			err = rejected.Err
		}
		in.reply(result{err: err})
		return
	}
	if _, isTick := in.Body.(rules.Tick); !isTick { // the state asks for another tick
		r.kept = append(r.kept, in)
	}
}

// beginRecovery begins a recovery after a failed append: at once, or after a pause if the
// last one has just ended, since the journal may fail for long.
func (a *actor) beginRecovery() {
	if next := a.recovery.ended.Add(a.retryPause()); time.Now().Before(next) {
		a.recovery.phase, a.recovery.retryAt = recoveryWaiting, next
		return
	}
	a.load()
}

// retryPause returns the next pause, which is twice as long as the last, since every
// attempt writes again everything that could not be written.
func (a *actor) retryPause() time.Duration {
	retry := a.hub.options.JournalRetry
	a.recovery.pause = min(max(2*a.recovery.pause, retry), maxRetryFactor*retry)
	return a.recovery.pause
}

// retryRecovery loads the state when that is due.
func (a *actor) retryRecovery(now time.Time) {
	if a.recovery.phase == recoveryWaiting && !a.recovery.retryAt.After(now) {
		a.load()
	}
}

// load loads the state in a goroutine, which ends when it has sent its result; finish
// waits for that.
func (a *actor) load() {
	a.recovery.phase = recoveryLoading
	pending := slices.Clone(a.pending)
	go func() { a.recovery.result <- a.hub.recover(a.id, a.kind, pending) }()
}

// recover loads a session again and finds out which of its appends are in the journal. It
// waits for the outcome of every append first: the events of an append that succeeded
// after the load would be in the journal without any client having received them.
func (h *Hub) recover(id journal.SessionID, kind journal.Kind, pending []*batch) recovered {
	open := undecided(pending)
	l, err := h.load(h.life, id)
	if errors.Is(err, journal.ErrNotFound) {
		l, err = h.emptySession(id, kind), nil
	}
	if err != nil {
		return recovered{err: err}
	}
	n, err := h.countCommitted(h.life, id, l.head, open)
	return recovered{l, n, err}
}

// undecided waits for the outcome of every append, and returns the leading ones that may
// be in the journal. An append that was refused is not in it, nor is any that follows.
func undecided(pending []*batch) []*batch {
	first := len(pending)
	for i, b := range slices.Backward(pending) {
		if err := b.commit.Err(); errors.Is(err, journal.ErrFenced) || errors.Is(err, journal.ErrConflict) {
			first = i
		}
	}
	return pending[:first]
}

// countCommitted returns how many of the batches, from the first, are in a journal that
// ends at head. It compares hashes, because another owner of the partition may have
// written other events under the same numbers.
func (h *Hub) countCommitted(ctx context.Context, id journal.SessionID, head journal.Head, batches []*batch) (int, error) {
	for i, b := range slices.Backward(batches) {
		switch {
		case b.head == head:
			return i + 1, nil
		case b.head.Seq >= head.Seq:
			continue
		case b.head.Seq == 0:
			return i + 1, nil
		}
		found, err := h.hasEvent(ctx, id, b.head)
		if err != nil {
			return 0, err
		}
		if found {
			return i + 1, nil
		}
	}
	return 0, nil
}

// hasEvent reports whether the journal holds an event.
func (h *Hub) hasEvent(ctx context.Context, id journal.SessionID, at journal.Head) (bool, error) {
	for rec, err := range h.journal.Read(ctx, id, at.Seq) {
		return err == nil && rec.Hash == at.Hash, err
	}
	return false, nil
}

// recovered continues with the loaded state. An append that is in the journal although it
// was reported as failed is released as if it had succeeded.
func (a *actor) recovered(r recovered) {
	if r.err != nil {
		a.log.Warn("the journal cannot be read", zap.Error(r.err))
		a.refusePending()
		a.recovery.phase, a.recovery.retryAt = recoveryWaiting, time.Now().Add(a.retryPause())
		return
	}
	a.state, a.head, a.last, a.unsaved = r.loaded.state, r.loaded.head, r.loaded.last, r.loaded.unsaved
	a.countPrompts()
	since := a.recovery.kept
	a.recovery.kept = nil
	for i, b := range a.pending {
		if i < r.committed {
			a.release(b)
		} else {
			a.fail(b)
		}
	}
	a.pending = nil
	a.decideAgain(append(a.recovery.kept, since...))
}

// fail answers the commands of a batch that is not in the journal and keeps its other
// inputs.
func (a *actor) fail(b *batch) {
	for i := range b.outs {
		a.recovery.refuse(b.outs[i].in)
	}
}

// decideAgain decides on the inputs that were kept, as one append.
func (a *actor) decideAgain(inputs []envelope) {
	a.recovery.phase, a.recovery.kept, a.recovery.ended = recoveryNone, nil, time.Now()
	a.stalled = false
	b := new(batch)
	for _, in := range inputs {
		a.decideOn(b, in)
	}
	a.write(b)
	if len(a.pending) > 0 {
		a.recovery.phase = recoveryProving
	}
}

// refusePending answers the commands of all pending batches JOURNAL_UNAVAILABLE. The
// batches stay pending, since their outcome is still open.
func (a *actor) refusePending() {
	for _, b := range a.pending {
		for i := range b.outs {
			if o := &b.outs[i]; o.in.reply != nil {
				o.in.reply(result{err: journalUnavailable()})
				o.in.reply, o.hold = answered, ""
			}
		}
	}
}

// answered replaces a reply that was called. It is not nil, so that the input still counts
// as a command.
func answered(result) {}
