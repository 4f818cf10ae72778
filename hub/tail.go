package hub

import (
	"parley/hub/journal"
)

// tail is a session's newest events, without a hole. Who comes is shown some of
// them, and who was away for a moment has missed no more than them: most need
// nothing from the journal.
type tail struct {
	records []*journal.Record // never changed, but appended to: others read what they were given
	bytes   int
}

// tailEvents and tailBytes bound what a session keeps of its past in memory.
const (
	tailEvents = 200 // what a welcome may carry
	tailBytes  = 64 << 10
)

// add takes in an event that is durable. One that does not follow on the last,
// after the journal had failed, begins a new tail.
func (t *tail) add(r *journal.Record) {
	if n := len(t.records); n > 0 && r.Seq != t.records[n-1].Seq+1 {
		*t = tail{}
	}
	t.records = append(t.records, r)
	t.bytes += r.Size()
	for len(t.records) > tailEvents || t.bytes > tailBytes {
		t.bytes -= t.records[0].Size()
		t.records = t.records[1:]
	}
}

// since returns the events from a number on; none when that one is not there.
func since(records []*journal.Record, from journal.Seq) []*journal.Record {
	if len(records) == 0 || from < records[0].Seq || from > records[len(records)-1].Seq {
		return nil
	}
	return records[from-records[0].Seq:]
}
