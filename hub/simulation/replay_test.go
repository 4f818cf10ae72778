package simulation

import (
	"bytes"
	"context"
	"sync"

	"parley/hub"
	"parley/hub/journal"
	"parley/hub/journal/memory"
	"parley/hub/rules"
)

// sameState checks that the states which hubs have put down as snapshots are
// those that follow from the journal: read from the beginning, and read from the
// snapshot before. It looks at the last ones of each room, after the last hub
// has stopped. A room that has expired meanwhile would do so again.
func (r *run) sameState() {
	for _, m := range r.rooms {
		var last, before *journal.Snapshot
		for i := range r.disk.snapshots {
			s := &r.disk.snapshots[i]
			if s.Session == m.id && uint64(s.Head.Seq) <= m.head() && m.cursor(uint64(s.Head.Seq)) == m.cursorOf(s.Head) {
				if last == nil || s.Head.Seq > last.Head.Seq {
					last, before = s, last
				}
			}
		}
		if last == nil || m.session.ExpiresAt != nil {
			continue
		}
		if again := r.read(m, last.Head.Seq, nil); !bytes.Equal(again, last.State) {
			r.violation("%s: the state at event %d was\n%s\nand is\n%s\nwhen it is read again", m.name, last.Head.Seq, last.State, again)
		}
		if before == nil {
			continue
		}
		if again := r.read(m, last.Head.Seq, before); !bytes.Equal(again, last.State) {
			r.violation("%s: the state at event %d was\n%s\nand is\n%s\nwhen it is read from a snapshot", m.name, last.Head.Seq, last.State, again)
		}
	}
}

// read loads a room up to an event into a hub of its own, and returns the state
// that this one puts down.
func (r *run) read(m *room, until journal.Seq, from *journal.Snapshot) []byte {
	ctx := context.Background()
	copied := &copied{Journal: memory.New()}
	defer func() { _ = copied.Journal.Close() }()
	w, err := copied.Journal.Own(ctx, m.id.Partition())
	if err != nil {
		r.violation("no copy: %v", err)
		return nil
	}
	a := journal.Append{Session: m.id}
	if a.Summary, err = r.disk.store.Summary(ctx, m.id); err != nil {
		r.violation("no copy: %v", err)
	}
	for rec := range r.disk.store.Read(ctx, m.id, 1) {
		if rec.Seq <= until {
			a.Records = append(a.Records, rec)
		}
	}
	if err := w.Append(a).Err(); err != nil {
		r.violation("no copy: %v", err)
	}
	if from != nil {
		_ = w.PutSnapshot(*from).Err()
	}
	h := hub.New(copied, &launcher{r, nil}, rules.Key{1}, r.options)
	if err := h.Start(ctx); err != nil {
		r.violation("no copy: %v", err)
	}
	_, _, _ = h.State(ctx, m.session.ID, nil) // wakes it, whatever the answer
	_ = h.Stop(ctx)
	copied.mu.Lock()
	defer copied.mu.Unlock()
	return copied.state
}

// copied is a journal that keeps the newest snapshot for who wants to read it.
type copied struct {
	journal.Journal

	mu    sync.Mutex
	state []byte // guarded by mu
}

// Own implements journal.Journal.
func (c *copied) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	w, err := c.Journal.Own(ctx, p)
	return &copiedWriter{w, c}, err
}

type copiedWriter struct {
	journal.Writer
	journal *copied
}

// PutSnapshot implements journal.Writer.
func (w *copiedWriter) PutSnapshot(s journal.Snapshot) *journal.Commit {
	w.journal.mu.Lock()
	defer w.journal.mu.Unlock()
	w.journal.state = s.State
	return w.Writer.PutSnapshot(s)
}
