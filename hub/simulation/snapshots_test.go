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

// checkSnapshots checks that the newest snapshot of each room has the state that follows
// from the journal, both read from the beginning and read from the snapshot before. The
// last hub must have stopped. Rooms that expire are skipped, since they would expire
// again.
func (r *run) checkSnapshots() {
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
		if again := r.reload(m, last.Head.Seq, nil); !bytes.Equal(again, last.State) {
			r.violation("%s: the state at event %d was\n%s\nand is\n%s\nafter reading the journal", m.name, last.Head.Seq, last.State, again)
		}
		if before == nil {
			continue
		}
		if again := r.reload(m, last.Head.Seq, before); !bytes.Equal(again, last.State) {
			r.violation("%s: the state at event %d was\n%s\nand is\n%s\nafter reading from a snapshot", m.name, last.Head.Seq, last.State, again)
		}
	}
}

// reload loads a room up to an event into a hub of its own, and returns the state of that
// hub's snapshot.
func (r *run) reload(m *room, until journal.Seq, from *journal.Snapshot) []byte {
	ctx := context.Background()
	copied := &capturingJournal{Journal: memory.New()}
	defer func() { _ = copied.Journal.Close() }()
	w, err := copied.Journal.Own(ctx, m.id.Partition())
	if err != nil {
		r.violation("cannot copy the journal: %v", err)
		return nil
	}
	a := journal.Append{Session: m.id}
	if a.Summary, err = r.disk.store.Summary(ctx, m.id); err != nil {
		r.violation("cannot copy the journal: %v", err)
	}
	for rec := range r.disk.store.Read(ctx, m.id, 1) {
		if rec.Seq <= until {
			a.Records = append(a.Records, rec)
		}
	}
	if err := w.Append(a).Err(); err != nil {
		r.violation("cannot copy the journal: %v", err)
	}
	if from != nil {
		_ = w.PutSnapshot(*from).Err()
	}
	h := hub.New(copied, &launcher{r, nil}, rules.Key{1}, r.options)
	if err := h.Start(ctx); err != nil {
		r.violation("cannot copy the journal: %v", err)
	}
	_, _, _ = h.State(ctx, m.session.ID, nil) // loads the room; the result does not matter
	_ = h.Stop(ctx)
	copied.mu.Lock()
	defer copied.mu.Unlock()
	return copied.state
}

// capturingJournal is a journal that keeps the state of the newest snapshot.
type capturingJournal struct {
	journal.Journal

	mu    sync.Mutex
	state []byte // guarded by mu
}

// Own implements [journal.Journal].
func (c *capturingJournal) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	w, err := c.Journal.Own(ctx, p)
	return &capturingWriter{w, c}, err
}

type capturingWriter struct {
	journal.Writer
	journal *capturingJournal
}

// PutSnapshot implements [journal.Writer].
func (w *capturingWriter) PutSnapshot(s journal.Snapshot) *journal.Commit {
	w.journal.mu.Lock()
	defer w.journal.mu.Unlock()
	w.journal.state = s.State
	return w.Writer.PutSnapshot(s)
}
