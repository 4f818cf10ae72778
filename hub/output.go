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

// batch is what one append writes and what is owed the outside once it is
// durable, in the order in which it was decided.
type batch struct {
	records []journal.Record
	bytes   int
	head    journal.Head    // after the batch
	commit  *journal.Commit // nil until it is written; resolved for a batch without records
	since   time.Time       // when it was handed to the journal
	outs    []out
}

// out is what one input leads to outside.
type out struct {
	in      envelope
	records []journal.Record
	result  result
	hold    string // the reply waits under this name
	waiter  string // for whom
	effects []rules.Effect
}

// add takes over what one input leads to.
func (b *batch) add(records []journal.Record) {
	if len(b.records) == 0 {
		b.records = slices.Clip(records) // mostly it is the only input
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

// write hands the batch to the journal. What needs no commit and has none
// before it goes out at once.
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

// settle deals with every append at the front whose outcome is known.
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
				a.hub.lose(a.id.Partition())
			}
			a.beginRebuild()
			return
		}
		a.pending[0] = nil
		a.pending = a.pending[1:]
		a.stalled, a.rebuild.proving, a.rebuild.pause = false, false, 0
		a.release(b)
	}
	if a.unsaved >= a.hub.options.SnapshotEvery {
		a.saveSnapshot()
	}
}

// release gives out what the batch owes.
func (a *actor) release(b *batch) {
	for i := range b.outs {
		o := &b.outs[i]
		for j := range o.records {
			a.shell.show(&o.records[j])
		}
		a.answer(o)
		for _, e := range o.effects {
			a.perform(e)
		}
	}
}

func (a *actor) answer(o *out) {
	switch {
	case o.in.reply == nil:
	case o.hold != "":
		a.holds[o.hold] = append(a.holds[o.hold], held{o.waiter, o.in.reply, time.Now()})
	default:
		o.in.reply(o.result)
	}
}

// fail answers what was waiting for a batch that is not in the journal. What
// other sessions and the agent said is kept, to be decided on again.
func (a *actor) fail(b *batch) {
	for i := range b.outs {
		a.rebuild.refuse(b.outs[i].in)
	}
}

func journalUnavailable() error {
	return protocol.Errorf(protocol.CodeJournalUnavailable, "the journal cannot be written now; try again with the same id")
}

// perform carries out an effect that both kinds of session have, or leaves it
// to the shell.
func (a *actor) perform(e rules.Effect) {
	switch e := e.(type) {
	case rules.Tell:
		a.courier(e.To).post(e.Message)
	case rules.Release:
		a.releaseHeld(e)
	default:
		a.shell.perform(e)
	}
}

func (a *actor) releaseHeld(r rules.Release) {
	for _, h := range a.holds[r.Hold] {
		if r.Answer != nil && (r.Winner == "" || r.Winner == h.waiter) {
			h.reply(result{payload: r.Answer})
		} else {
			h.reply(result{err: r.Other})
		}
	}
	delete(a.holds, r.Hold)
}
