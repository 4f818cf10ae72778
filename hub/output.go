package hub

import (
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// batch holds the events of one append, and the outputs that leave the session once the
// events are durable, in the order of the decisions.
type batch struct {
	records []journal.Record
	bytes   int
	head    journal.Head    // after the batch
	commit  *journal.Commit // nil until it is written; resolved for a batch without records
	since   time.Time       // when the append began
	outs    []out           // one for each input
}

// out is the output for one input.
type out struct {
	in      envelope
	records []journal.Record
	result  result
	hold    string // the reply waits under this name; empty for none
	waiter  string // identifies the reply under hold
	effects []rules.Effect
}

// add adds the records of one input.
func (b *batch) add(records []journal.Record) {
	if len(b.records) == 0 {
		b.records = slices.Clip(records) // usually the batch has one input
	} else {
		b.records = append(b.records, records...)
	}
	for i := range records {
		b.bytes += records[i].Size()
	}
}

// awaited returns the ids of the participants whose commands the batch carries out,
// and an empty id for a command whose sender is not a participant yet.
func (b *batch) awaited() (names []string) {
	for i := range b.outs {
		if o := &b.outs[i]; o.in.reply != nil && len(o.records) > 0 {
			names = append(names, o.in.sender())
		}
	}
	return names
}

// nothingToCommit is the commit of a batch without records.
var nothingToCommit = func() *journal.Commit {
	c := journal.NewCommit()
	c.Resolve(nil)
	return c
}()

// write appends the batch to the journal, and adds it to the pending ones. A batch without
// records is released at once if none is pending.
func (a *actor) write(b *batch) {
	if len(b.outs) == 0 {
		return
	}
	b.head, b.since = a.head, time.Now()
	if len(b.records) == 0 {
		b.commit = nothingToCommit
		if len(a.pending) == 0 {
			a.release(b)
			return
		}
	} else {
		b.commit = a.writer.Append(journal.Append{
			Session: a.id,
			Prev:    b.records[0].Seq - 1,
			Records: b.records,
			Summary: a.state.Summary(),
			Awaited: b.awaited(),
		})
		a.unsaved += len(b.records)
	}
	a.pending = append(a.pending, b)
}

// settle releases pending batches, oldest first, while their commits have succeeded. It
// begins a recovery when a commit has failed.
func (a *actor) settle() {
	for len(a.pending) > 0 {
		b := a.pending[0]
		select {
		case <-b.commit.Done():
		default:
			return
		}
		if err := b.commit.Err(); err != nil {
			a.log.Warn("the journal did not take an append", zap.Error(err), zap.Int("events", len(b.records)))
			if errors.Is(err, journal.ErrFenced) {
				a.hub.losePartition(a.id.Partition())
			}
			a.beginRecovery()
			return
		}
		a.pending[0] = nil
		a.pending = a.pending[1:]
		a.stalled, a.recovery.phase, a.recovery.pause = false, recoveryNone, 0
		a.release(b)
	}
	if a.unsaved >= a.hub.options.SnapshotEvery {
		a.saveSnapshot()
	}
}

// release carries out the outputs of a durable batch: it shows events, answers inputs and
// performs effects.
func (a *actor) release(b *batch) {
	for i := range b.outs {
		o := &b.outs[i]
		for j := range o.records {
			if a.audience != nil {
				a.audience.show(&o.records[j])
			}
		}
		a.answer(o)
		a.releasing = &o.in
		for _, e := range o.effects {
			a.perform(e)
		}
		a.releasing = nil
		o.in.receipt.Release()
	}
}

// answer answers an input, or keeps its reply until the hold is released.
func (a *actor) answer(o *out) {
	switch {
	case o.in.reply == nil:
	case o.hold != "":
		a.holds[o.hold] = append(a.holds[o.hold], held{o.waiter, o.in.reply, time.Now()})
	default:
		o.in.reply(o.result)
	}
}

func journalUnavailable() error {
	return protocol.Errorf(protocol.CodeJournalUnavailable, "the journal cannot be written now; try again with the same id")
}

// perform carries out an effect that both kinds of session have, or passes it to the
// shell.
func (a *actor) perform(e rules.Effect) {
	switch e := e.(type) {
	case rules.Send:
		a.post(e.To, e.Message)
	case rules.Release:
		a.releaseHeld(e)
	default:
		a.shell.perform(e)
	}
}

const (
	// commitTimeout is how long a command waits for its commit before it is answered
	// JOURNAL_UNAVAILABLE. The commit may still succeed; the client learns the outcome
	// when it repeats the command under the same id.
	commitTimeout = 3 * time.Second
	// holdTimeout is how long a command of a shared session waits for an answer of the
	// host session, which takes long only while the journal does not commit.
	holdTimeout = commitTimeout + 2*time.Second
	// sendTimeout is how long a command waits until its session is loaded and has room
	// for it in the inbox.
	sendTimeout = commitTimeout + 2*time.Second
)

// held is a reply that waits for a [rules.Release].
type held struct {
	waiter string
	reply  replyFunc
	since  time.Time
}

// releaseHeld answers the inputs that wait under the release's name. If it has a winner,
// only that one receives the answer, and the others receive the error.
func (a *actor) releaseHeld(r rules.Release) {
	for _, h := range a.holds[r.Hold] {
		if r.Answer != nil && (r.Winner == "" || r.Winner == h.waiter) {
			h.reply(result{payload: r.Answer})
		} else {
			h.reply(result{err: r.Err})
		}
	}
	delete(a.holds, r.Hold)
}

// nextTimeout returns when a waiting command times out next; zero for never.
func (a *actor) nextTimeout() time.Time {
	var ends time.Time
	if len(a.pending) > 0 && !a.stalled {
		ends = a.pending[0].since.Add(commitTimeout)
	}
	if a.kind != journal.KindShared {
		return ends // a command may wait for an agent for as long as its start takes
	}
	for _, waiting := range a.holds {
		if end := waiting[0].since.Add(holdTimeout); ends.IsZero() || end.Before(ends) {
			ends = end
		}
	}
	return ends
}

// answerTimedOut answers the commands that have waited for too long. Their events stay
// pending, and are shown when the commit succeeds after all.
func (a *actor) answerTimedOut(now time.Time) {
	if len(a.pending) > 0 && !a.stalled && !a.pending[0].since.Add(commitTimeout).After(now) {
		a.log.Warn("the journal does not answer", zap.Duration("since", now.Sub(a.pending[0].since)))
		a.stalled = true
		a.refusePending()
	}
	if a.kind != journal.KindShared {
		return
	}
	for name, waiting := range a.holds {
		left := slices.DeleteFunc(waiting, func(h held) bool {
			late := !h.since.Add(holdTimeout).After(now)
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
