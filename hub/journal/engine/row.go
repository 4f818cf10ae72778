package engine

import (
	"errors"
	"fmt"

	"parley/hub/journal"
)

// Row is what one append leaves in a store: its events, each as
// journal.AppendRecord writes it, and the hashes on either side of them.
type Row struct {
	First, Last   journal.Seq
	Before, After journal.Hash
	Data          []byte
}

// Origin is the head of a session that has no event.
func Origin(id journal.SessionID) journal.Head { return journal.Head{Hash: journal.ChainStart(id)} }

// Head is the session's newest event once the row is written.
func (r *Row) Head() journal.Head { return journal.Head{Seq: r.Last, Hash: r.After} }

// Encode makes the row for an append to a session that is at head. It fails
// with journal.ErrConflict when the append does not build on head, by number or by
// hash. Each event is read back on the way, so nothing is stored that a reader
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
			return Row{}, fmt.Errorf("%w: session %s, event %d stands where event %d of session %s belongs",
				journal.ErrConflict, r.Session, r.Seq, row.Last, a.Session)
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

// encodedSize is a little more than what the records take when encoded.
func encodedSize(records []journal.Record) int {
	const around = 64 // the fixed fields, the lengths and the CRC
	n := 0
	for i := range records {
		r := &records[i]
		n += around + len(r.Type) + len(r.Public) + len(r.Private)
	}
	return n
}

// Decode reads the row's events, which are views into its Data, and checks them
// against their CRCs, the row's numbers and the row's hashes. It returns the
// events before the first that is damaged, and the damage; none when it is the
// row as a whole that is not what was written.
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
			return records, fmt.Errorf("event %d of session %s stands in its place", record.Seq, record.Session)
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

// RefuseSnapshot is the error for a snapshot that does not stand on a committed
// event of its session, such as one taken of events whose append has failed.
func RefuseSnapshot(s journal.Snapshot) error {
	return fmt.Errorf("%w: session %s has no such event %d as the snapshot stands on",
		journal.ErrConflict, s.Session, s.Head.Seq)
}
