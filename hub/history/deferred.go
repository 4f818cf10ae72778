package history

import (
	"context"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Deferred is an answer that is read from the journal after the session has
// decided on it. Implementations are plain values that a test can print
// and compare.
type Deferred interface {
	// Read returns the answer, or an error, which need not be one that clients
	// may see. An actor never calls it.
	Read(ctx context.Context, r Reader) (any, error)
}

// Finish returns the answer that a session has decided on: the payload itself,
// or what a [Deferred] reads. Its errors are those of [ClientError].
func (r Reader) Finish(ctx context.Context, payload any) (any, error) {
	d, ok := payload.(Deferred)
	if !ok {
		return payload, nil
	}
	v, err := d.Read(ctx, r)
	if err != nil {
		return nil, ClientError(ctx, err)
	}
	return v, nil
}

// Page is the answer to a request for events before or after a cursor.
type Page struct {
	Which    protocol.History
	Head     journal.Head // the session's newest event when it decided
	Separate bool         // pieces of texts are not joined
	For      rules.Projection
}

// Read implements [Deferred]. It returns a *protocol.HistoryAnswer.
func (a Page) Read(ctx context.Context, r Reader) (any, error) {
	r.For = a.For
	p, err := r.page(ctx, a.Which, a.Head)
	if err != nil {
		return nil, err
	}
	if !a.Separate {
		p.events = Merged(p.events)
	}
	return &protocol.HistoryAnswer{Events: RawMessages(p.events), More: p.more, Gap: p.gap}, nil
}

// ArchivePage is the answer to a request for a page of the archive: events
// together with the session that they belong to.
type ArchivePage struct {
	Session protocol.Session
	Which   protocol.History
	Head    journal.Head // the session's newest event when it decided
	For     rules.Projection
}

// Read implements [Deferred]. It returns a *protocol.ArchiveAnswer.
func (a ArchivePage) Read(ctx context.Context, r Reader) (any, error) {
	r.For = a.For
	p, err := r.page(ctx, a.Which, a.Head)
	if err != nil {
		return nil, err
	}
	answer := &protocol.ArchiveAnswer{
		Session: a.Session,
		Cursor:  a.Which.After,
		Events:  RawMessages(p.events),
		More:    p.more,
		Gap:     p.gap,
	}
	if n := len(p.events); n > 0 {
		answer.Cursor = p.events[n-1].Cursor
	}
	return answer, nil
}
