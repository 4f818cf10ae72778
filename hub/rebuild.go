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

// rebuild is what an actor does after a failed append: its state is ahead of
// the journal, so it is read again. Commands are refused meanwhile; what other
// sessions and the agent said in the failed appends is kept in redo and decided
// on again first. Nothing more is taken from them before an append has succeeded.
type rebuild struct {
	running bool
	result  chan rebuilt  // from the loading goroutine; it holds one
	retryAt time.Time     // when to load next; zero while loading or not needed
	last    time.Time     // when a rebuild last ended
	pause   time.Duration // between a rebuild that was in vain and the next
	redo    []envelope    // what was in the failed appends
	proving bool          // redo is being written again, and nothing has been written since it failed
}

type rebuilt struct {
	loaded loaded
	kept   int // appends at the front of pending that are in the journal
	err    error
}

// refuse answers a command that cannot be carried out now, and keeps what must
// not be lost.
func (r *rebuild) refuse(in envelope) {
	if in.reply != nil {
		err := journalUnavailable()
		if r, ok := in.Body.(shared.Rejection); ok {
			err = r.Err
		}
		in.reply(result{err: err})
		return
	}
	switch in.Body.(type) {
	case rules.Tick: // comes again by itself
	default:
		r.redo = append(r.redo, in)
	}
}

// beginRebuild starts over after a failed append: at once, or after a pause when
// it has just done so, since the journal may fail for long.
func (a *actor) beginRebuild() {
	a.rebuild.running = true
	if next := a.rebuild.last.Add(a.retryPause()); time.Now().Before(next) {
		a.rebuild.retryAt = next
		return
	}
	a.load()
}

// retryPause is the next pause, twice as long as the last, since all that could
// not be written is written again each time.
func (a *actor) retryPause() time.Duration {
	retry := a.hub.options.JournalRetry
	a.rebuild.pause = min(max(2*a.rebuild.pause, retry), maxRetries*retry)
	return a.rebuild.pause
}

// maxRetries is how many times JournalRetry the longest pause is.
const maxRetries = 10

// load reads the state in a goroutine that finish waits for by its result. It
// lets every append end first: one that succeeds after the reading would be in
// the journal and nobody would be shown it.
func (a *actor) load() {
	a.rebuild.retryAt = time.Time{}
	pending := slices.Clone(a.pending)
	go func() {
		open := undecided(pending)
		ctx := a.hub.life
		l, err := a.hub.load(ctx, a.id)
		if errors.Is(err, journal.ErrNotFound) {
			l, err = a.hub.unborn(a.id, a.kind), nil
		}
		kept := 0
		if err == nil {
			kept, err = a.hub.kept(ctx, a.id, l.head, open)
		}
		a.rebuild.result <- rebuilt{l, kept, err}
	}()
}

// undecided waits for the outcome of every append, and returns those at the
// front that may be in the journal. One that was refused is not, whatever
// stands there; nor is what builds on it.
func undecided(pending []*batch) []*batch {
	first := len(pending)
	for i, b := range slices.Backward(pending) {
		if err := b.commit.Err(); errors.Is(err, journal.ErrFenced) || errors.Is(err, journal.ErrConflict) {
			first = i
		}
	}
	return pending[:first]
}

// kept counts the batches at the front that a journal which ends at head holds.
// Numbers do not tell: whoever has claimed the partition since may have put
// other events in their place.
func (h *Hub) kept(ctx context.Context, id journal.SessionID, head journal.Head, batches []*batch) (int, error) {
	for i, b := range slices.Backward(batches) {
		if b.head == head {
			return i + 1, nil
		}
		if b.head.Seq >= head.Seq {
			continue
		}
		if b.head.Seq == 0 {
			return i + 1, nil
		}
		for rec, err := range h.journal.Read(ctx, id, b.head.Seq) {
			if err != nil {
				return 0, err
			}
			if rec.Hash == b.head.Hash {
				return i + 1, nil
			}
			break
		}
	}
	return 0, nil
}

// startRebuild loads again when the time for it has come.
func (a *actor) startRebuild(now time.Time) {
	if at := a.rebuild.retryAt; a.rebuild.running && !at.IsZero() && !at.After(now) {
		a.load()
	}
}

// rebuilt takes the state as the journal has it. An append whose failure was
// only reported is found there, and is released as if nothing had happened.
func (a *actor) rebuilt(r rebuilt) {
	if r.err != nil {
		a.log.Warn("the journal cannot be read", zap.Error(r.err))
		a.refusePending()
		a.rebuild.retryAt = time.Now().Add(a.retryPause())
		return
	}
	a.state, a.head, a.last, a.unsaved = r.loaded.state, r.loaded.head, r.loaded.last, r.loaded.unsaved
	a.weigh()
	later := a.rebuild.redo
	a.rebuild.redo = nil
	for i, b := range a.pending {
		if i < r.kept {
			a.release(b)
		} else {
			a.fail(b)
		}
	}
	a.pending = nil
	a.rebuild.redo = append(a.rebuild.redo, later...)
	a.redo()
}

// refusePending answers the commands that wait while the journal cannot even
// be read. Their appends are kept, since their outcome is still open.
func (a *actor) refusePending() {
	for _, b := range a.pending {
		for i := range b.outs {
			if o := &b.outs[i]; o.in.reply != nil {
				o.in.reply(result{err: journalUnavailable()})
				o.in.reply, o.hold = answeredAlready, ""
			}
		}
	}
}

// answeredAlready stands in for a reply that was used, so that its input is
// still known as one that somebody waited for.
func answeredAlready(result) {}

// redo decides again on what must not be lost.
func (a *actor) redo() {
	inputs := a.rebuild.redo
	a.rebuild.running, a.rebuild.redo, a.rebuild.last = false, nil, time.Now()
	a.stalled = false
	b := new(batch)
	for _, in := range inputs {
		a.one(b, in)
	}
	a.write(b)
	a.rebuild.proving = len(a.pending) > 0
}
