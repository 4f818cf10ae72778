package simulation

import (
	"context"
	"encoding/json"

	"parley/hub/feed"
	"parley/hub/journal"
	"parley/protocol"
)

// ledger reads the events of one session on the disk as they are written, and checks
// their numbers and their chain. It is guarded by run.mu.
type ledger struct {
	run  *run
	id   journal.SessionID
	name string
	fold func(journal.Record) // checks the meaning of an event

	hash      journal.Hash
	lines     []feed.Line            // the events as clients must receive them
	types     []string               // the types of the events
	byCommand map[string][]int       // indexes of a command's events, by command id
	payloads  map[journal.Seq]string // payloads of the events that commands caused
}

func (r *run) newLedger(id journal.SessionID, name string) *ledger {
	return &ledger{run: r, id: id, name: name, hash: journal.ChainStart(id), byCommand: map[string][]int{}, payloads: map[journal.Seq]string{}}
}

// catchUp reads new events.
func (l *ledger) catchUp() {
	for rec, err := range l.run.disk.store.Read(context.Background(), l.id, journal.Seq(len(l.lines)+1)) {
		if err != nil {
			l.run.violation("%s: the disk is damaged: %v", l.name, err)
			return
		}
		resealed := rec
		resealed.Seal(l.hash)
		if rec.Seq != journal.Seq(len(l.lines)+1) || resealed.Hash != rec.Hash {
			l.run.violation("%s: event %d does not follow event %d", l.name, rec.Seq, len(l.lines))
			return
		}
		l.hash = rec.Hash
		l.add(rec)
	}
}

func (l *ledger) add(rec journal.Record) {
	c := protocol.NewCursor(uint64(rec.Seq), rec.Hash)
	l.lines = append(l.lines, feed.Line{
		Bytes:  protocol.EncodeEvent(protocol.EventType(rec.Type), c, l.id.String(), rec.Time, rec.Public),
		Cursor: c.String(),
	})
	l.types = append(l.types, rec.Type)
	l.run.covered[rec.Type] = true
	var private struct {
		Command *struct{ By, ID string } `json:"command"`
	}
	if len(rec.Private) > 0 {
		_ = json.Unmarshal(rec.Private, &private) // a private part that is not JSON names no command
	}
	if c := private.Command; c != nil {
		l.byCommand[c.ID] = append(l.byCommand[c.ID], len(l.lines)-1)
		l.payloads[rec.Seq] = string(rec.Public)
	}
	l.fold(rec)
}

// head returns the number of the newest event.
func (l *ledger) head() uint64 { return uint64(len(l.lines)) }

// cursor returns the cursor of an event.
func (l *ledger) cursor(seq uint64) string {
	if seq == 0 {
		return protocol.NewCursor(0, journal.ChainStart(l.id)).String()
	}
	return l.lines[seq-1].Cursor
}

func (l *ledger) cursorOf(h journal.Head) string {
	return protocol.NewCursor(uint64(h.Seq), h.Hash).String()
}

// matches reports whether a line that a client received is the event on the disk.
func (l *ledger) matches(seq uint64, line []byte) bool {
	if seq > l.head() {
		l.catchUp()
	}
	if seq > l.head() {
		return false
	}
	return string(l.lines[seq-1].Bytes) == string(line)
}

// payload decodes an event's payload.
func payload[T any](l *ledger, rec journal.Record) T {
	var p T
	if err := json.Unmarshal(rec.Public, &p); err != nil {
		l.run.violation("%s: the payload of event %d is malformed: %v", l.name, rec.Seq, err)
	}
	return p
}
