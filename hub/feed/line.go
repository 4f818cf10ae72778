package feed

import (
	"parley/hub/history"
	"parley/hub/journal"
)

// Line is one message to a client, encoded.
type Line struct {
	Bytes  []byte // without a line end; shared between connections and not to be changed
	Cursor string // of an event; empty for every other message

	seq  journal.Seq // of an event
	hint hint
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
func eventLine(e history.Event) Line { return Line{Bytes: e.Bytes, Cursor: e.Cursor, seq: e.Seq} }
