package feed

import (
	"parley/hub/journal"
	"parley/hub/rules"
)

// A Burst holds lines that one or many connections send together, in their
// order. It belongs to the fan-out's goroutine.
type Burst struct {
	Lines []Line // not to be changed

	first, last journal.Seq // of the events among the lines; 0 when there are none
	events      int
	bytes       int
	encoded     []encoding // results of As

	restricted bool         // not all connections receive the same lines
	personal   bool         // what they receive depends on more than their classes
	views      []projection // results of to
}

// projection is a burst as some connections receive it.
type projection struct {
	of    rules.Projection
	burst *Burst
}

type encoding struct {
	format *Format
	bytes  []byte
}

// Format is how a kind of connection encodes lines. Formats are compared by
// address.
type Format struct {
	// Append appends lines to b. It appends nothing when none of them is for
	// this kind of connection.
	Append func(b []byte, lines []Line) []byte
}

// As returns the burst in a format. It encodes the burst once for each format,
// however many connections ask for it. The caller does not change the bytes. As
// is called from [Sink.Offer] only.
func (b *Burst) As(f *Format) []byte {
	for _, e := range b.encoded {
		if e.format == f {
			return e.bytes
		}
	}
	e := encoding{f, f.Append(nil, coalesced(b.Lines))}
	b.encoded = append(b.encoded, e)
	return e.bytes
}

// to returns the burst as a connection receives it. Connections that receive the same share
// one.
func (b *Burst) to(p rules.Projection) *Burst {
	if !b.restricted {
		return b
	}
	if !b.personal {
		p = p.Class()
	}
	for _, v := range b.views {
		if v.of == p {
			return v.burst
		}
	}
	own := &Burst{first: b.first, last: b.last, events: b.events, Lines: make([]Line, len(b.Lines))}
	for i, l := range b.Lines {
		own.Lines[i] = l.to(p)
	}
	b.views = append(b.views, projection{p, own})
	return own
}

func (b *Burst) add(l Line) {
	b.Lines = append(b.Lines, l)
	b.restricted, b.personal = b.restricted || l.record != nil, b.personal || l.personal
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

// follows reports whether the events of the burst continue without a gap for a
// connection whose next event is next.
func (b *Burst) follows(next journal.Seq) bool {
	return b.events == 0 || b.first == next && b.last-b.first+1 == journal.Seq(b.events)
}
