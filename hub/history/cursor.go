package history

import (
	"context"
	"slices"

	"parley/hub/journal"
	"parley/protocol"
)

// Resume returns the number of the first event that a client has not seen, by
// its cursor, and the protocol's word for how it continues. A client without a
// cursor, or with one that is not of this journal up to head, continues behind
// head.
func (r Reader) Resume(ctx context.Context, cursor string, head journal.Head) (next journal.Seq, resume string, err error) {
	if cursor == "" {
		return head.Seq + 1, protocol.ResumeNew, nil
	}
	seq, ok, err := r.find(ctx, cursor, head)
	if err != nil || !ok {
		return head.Seq + 1, protocol.ResumeGap, err
	}
	return r.first(seq + 1), protocol.ResumeOK, nil
}

// find returns the number of the event that a cursor names. ok is false when
// this journal has no such event up to head.
func (r Reader) find(ctx context.Context, cursor string, head journal.Head) (seq journal.Seq, ok bool, err error) {
	c, err := protocol.ParseCursor(cursor)
	if err != nil || journal.Seq(c.Seq) > head.Seq {
		return 0, false, nil
	}
	seq = journal.Seq(c.Seq)
	switch seq {
	case head.Seq:
		return seq, protocol.NewCursor(c.Seq, head.Hash) == c, nil
	case 0:
		return 0, isStart(c, r.Session), nil
	}
	hash, err := r.hashOf(ctx, seq)
	return seq, err == nil && protocol.NewCursor(c.Seq, hash) == c, err
}

// hashOf reads the hash of one event; the zero hash when there is no such event.
func (r Reader) hashOf(ctx context.Context, seq journal.Seq) (journal.Hash, error) {
	for rec, err := range r.Records(ctx, seq) {
		return rec.Hash, ClientError(ctx, err)
	}
	return journal.Hash{}, nil
}

// isStart reports whether a cursor names the place before a session's first
// event, in any format of the chain.
func isStart(c protocol.Cursor, id journal.SessionID) bool {
	return slices.ContainsFunc(journal.ChainStarts(id), func(h journal.Hash) bool { return c == protocol.NewCursor(0, h) })
}
