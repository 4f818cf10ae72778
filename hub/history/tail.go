package history

import "parley/hub/journal"

// Tail holds a session's newest events without a gap. A welcome shows some of
// them, and a client that was disconnected for a moment has missed no more than
// them, so most connections need nothing from the journal.
//
// A Tail belongs to one goroutine; the slices that [Tail.Records] returns do not
// change and may be read by others.
type Tail struct {
	records []*journal.Record
	bytes   int
}

// tailEvents and tailBytes bound what a session keeps of its past in memory.
const (
	tailEvents = 200 // as many as a welcome may hold
	tailBytes  = 64 << 10
)

// Add appends an event that is durable. An event that does not follow the last
// one, after the journal had failed, begins a new tail.
func (t *Tail) Add(r *journal.Record) {
	if n := len(t.records); n > 0 && r.Seq != t.records[n-1].Seq+1 {
		*t = Tail{}
	}
	t.records = append(t.records, r)
	t.bytes += r.Size()
	for len(t.records) > tailEvents || t.bytes > tailBytes {
		t.bytes -= t.records[0].Size()
		t.records = t.records[1:]
	}
}

// Records returns the events, oldest first.
func (t *Tail) Records() []*journal.Record { return t.records }

// since returns the events from a number on; none when that event is not among
// the records.
func since(records []*journal.Record, from journal.Seq) []*journal.Record {
	if len(records) == 0 || from < records[0].Seq || from > records[len(records)-1].Seq {
		return nil
	}
	return records[from-records[0].Seq:]
}
