package engine

import (
	"errors"
	"fmt"

	"parley/hub/journal"
)

// Row is the stored form of an append.
type Row struct {
	First, Last journal.Seq  // the events in Data
	Before      journal.Hash // H(First-1)
	After       journal.Hash // H(Last)
	Data        []byte       // the events, as journal.AppendRecord encodes them
}

// Origin returns the head of a session without events.
func Origin(id journal.SessionID) journal.Head { return journal.Head{Hash: journal.ChainStart(id)} }

// Head returns the session's head after the row.
func (r *Row) Head() journal.Head { return journal.Head{Seq: r.Last, Hash: r.After} }

// Encode returns the row for an append to a session at head. It returns
// [journal.ErrConflict] if the append does not build on head, by number or by hash.
// It decodes each event that it encodes, so that no event is stored that a reader
// would refuse.
func Encode(a *journal.Append, head journal.Head) (Row, error) {
	if a.Prev != head.Seq {
		return Row{}, fmt.Errorf("%w: session %s is at event %d, the append builds on %d",
			journal.ErrConflict, a.Session, head.Seq, a.Prev)
	}
	if len(a.Records) == 0 {
		return Row{}, fmt.Errorf("%w: append to session %s has no event", journal.ErrConflict, a.Session)
	}
	row := Row{First: head.Seq + 1, Last: head.Seq, Before: head.Hash, After: head.Hash}
	row.Data = make([]byte, 0, encodedSize(a.Records))
	for i := range a.Records {
		r := &a.Records[i]
		row.Last++
		if r.Session != a.Session || r.Seq != row.Last {
			return Row{}, fmt.Errorf("%w: the append has event %d of session %s in the place of event %d of session %s",
				journal.ErrConflict, r.Seq, r.Session, row.Last, a.Session)
		}
		start := len(row.Data)
		row.Data = journal.AppendRecord(row.Data, r)
		stored, _, err := journal.DecodeRecord(row.Data[start:], row.After)
		if err != nil || stored.Hash != r.Hash {
			return Row{}, fmt.Errorf("%w: session %s, event %d is not sealed on the event before",
				journal.ErrConflict, r.Session, r.Seq)
		}
		row.After = r.Hash
	}
	return row, nil
}

// encodedSize returns an upper estimate of the records' encoded size in bytes.
func encodedSize(records []journal.Record) int {
	const overhead = 64 // the fixed fields, the lengths and the CRC
	n := 0
	for i := range records {
		r := &records[i]
		n += overhead + len(r.Type) + len(r.Public) + len(r.Private)
	}
	return n
}

// Decode decodes the row's events, whose byte slices are views into Data, and checks
// them against their CRCs and the row's numbers and hashes. With an error, it returns
// the events before the damaged one; none if the row as a whole is damaged.
func (r *Row) Decode(id journal.SessionID) ([]journal.Record, error) {
	var records []journal.Record
	if r.Last >= r.First && r.Last-r.First < journal.Seq(len(r.Data)) {
		records = make([]journal.Record, 0, r.Last-r.First+1)
	}
	rest, hash := r.Data, r.Before
	for seq := r.First; len(rest) > 0; seq++ {
		record, after, err := journal.DecodeRecord(rest, hash)
		if err != nil {
			return records, err
		}
		if record.Session != id || record.Seq != seq {
			return records, fmt.Errorf("event %d of session %s is in its place", record.Seq, record.Session)
		}
		records = append(records, record)
		rest, hash = after, record.Hash
	}
	switch {
	case len(records) == 0 || records[len(records)-1].Seq != r.Last:
		return nil, fmt.Errorf("row does not hold events %d to %d", r.First, r.Last)
	case hash != r.After:
		return nil, errors.New("events do not match the row's hash")
	}
	return records, nil
}

// RefuseSnapshot returns the error for a snapshot that does not stand on a committed
// event of its session, such as one of events whose append failed. It wraps
// [journal.ErrConflict].
func RefuseSnapshot(s journal.Snapshot) error {
	return fmt.Errorf("%w: the snapshot of session %s stands on an event %d that is not committed",
		journal.ErrConflict, s.Session, s.Head.Seq)
}
