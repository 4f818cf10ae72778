package feed

import (
	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Line is one message to a client, encoded.
type Line struct {
	Bytes  []byte // without a line end; shared between connections and not to be changed
	Cursor string // of an event; empty for every other message

	// Hidden says that the line stands for an event that is not for the client.
	Hidden bool

	seq      journal.Seq     // of an event
	record   *journal.Record // of an event that not all connections receive alike; else nil
	personal bool            // what a connection receives depends on more than its class
	hint     hint
}

// With returns the line with other bytes.
func (l Line) With(bytes []byte) Line {
	l.Bytes = bytes
	return l
}

// hint says whether a line may be dropped for a client that is behind.
type hint uint8

const (
	required     hint = iota // the line is never dropped
	droppable                // typing: the next one makes it obsolete
	presenceHint             // the newest dropped one is sent later, and shows the client what it missed
)

// eventLine returns the line of an event.
func eventLine(e history.Event) Line {
	return Line{Bytes: e.Bytes, Cursor: e.Cursor, Hidden: e.Hidden, seq: e.Seq}
}

// sharedLine returns the line of an event for all connections, from which [Line.to] makes
// those of each.
func sharedLine(r *journal.Record) Line {
	e := history.Encode(r, rules.Projection{Role: protocol.RoleHost, Whole: true})
	l := eventLine(e)
	if e.Restricted {
		l.record, l.personal = r, e.Personal
	}
	return l
}

// to returns a line of the burst for all as a connection receives it.
func (l Line) to(p rules.Projection) Line {
	if l.record == nil {
		return l
	}
	return eventLine(history.Encode(l.record, p))
}

// coalesced returns lines without the hidden events that precede another one.
func coalesced(lines []Line) []Line {
	return history.Coalesced(lines, func(l Line) bool { return l.Hidden })
}
