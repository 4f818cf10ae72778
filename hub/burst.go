package hub

import (
	"parley/hub/history"
	"parley/hub/journal"
)

// Line is one line to send to a client.
type Line struct {
	Bytes  []byte // without a line end; shared with other connections, not to be changed
	Cursor string // of an event; empty for everything else

	seq      journal.Seq // of an event
	hint     bool        // it may be dropped
	presence bool        // of what is dropped, the newest is told when there is room again: the client sees that it missed something
}

// lineOf returns an event as a line.
func lineOf(e history.Event) Line { return Line{Bytes: e.Bytes, Cursor: e.Cursor, seq: e.Seq} }

// A Burst is lines that one or many connections are sent together, in their
// order.
type Burst struct {
	Lines []Line // not to be changed

	first, last journal.Seq // of the events among them; 0 when there are none
	events      int
	bytes       int
	encoded     []encoding // by As; of one goroutine
}

type encoding struct {
	format *Format
	bytes  []byte
}

// Format is how a kind of connection wants lines. It is compared by address.
type Format struct {
	// Append writes lines behind what b has, and nothing when there is nothing
	// among them for this kind of connection.
	Append func(b []byte, lines []Line) []byte
}

// As returns the burst in a format. Each is made once, however many connections
// ask for it; the bytes are not to be changed.
func (b *Burst) As(f *Format) []byte {
	for _, e := range b.encoded {
		if e.format == f {
			return e.bytes
		}
	}
	e := encoding{f, f.Append(nil, b.Lines)}
	b.encoded = append(b.encoded, e)
	return e.bytes
}

func newBurst(lines []Line) *Burst {
	b := new(Burst)
	for _, l := range lines {
		b.add(l)
	}
	return b
}

func (b *Burst) add(l Line) {
	b.Lines = append(b.Lines, l)
	b.bytes += len(l.Bytes)
	if l.seq == 0 {
		return
	}
	if b.first == 0 {
		b.first = l.seq
	}
	b.last = l.seq
	b.events++
}

// follows reports whether the burst goes on where somebody is whose next event
// is that one.
func (b *Burst) follows(next journal.Seq) bool {
	return b.events == 0 || b.first == next && b.last-b.first+1 == journal.Seq(b.events)
}
