package memory

import (
	"context"
	"slices"
	"sort"
	"sync"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// Journal keeps events in memory. It is safe for concurrent use.
type Journal struct {
	committer *engine.Committer // immutable

	// guarded by mu
	mu       sync.RWMutex
	epochs   [journal.Partitions]uint64
	sessions map[journal.SessionID]*session
	closed   bool
}

type session struct {
	head     journal.Head
	rows     []engine.Row // in order, the first from event 1
	summary  journal.Summary
	snapshot *journal.Snapshot // nil when there is none
	entries  map[journal.Subject]*entries
}

// entries are what the index has of one subject.
type entries struct {
	all    []journal.Entry // in the order of First
	places map[string]int  // in all, by id
}

var _ journal.Journal = (*Journal)(nil)

// New returns an empty journal. Close it to end its goroutine.
func New() *Journal {
	j := &Journal{sessions: map[journal.SessionID]*session{}}
	j.committer = engine.NewCommitter(j.write, 0)
	return j
}

// Own implements journal.Journal.
func (j *Journal) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	return j.committer.Own(ctx, p)
}

// Ready implements journal.Journal.
func (j *Journal) Ready(context.Context) error {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed {
		return journal.ErrClosed
	}
	return nil
}

// Close implements journal.Journal. It may be called again.
func (j *Journal) Close() error {
	j.committer.Close()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	return nil
}

// write is the committer's; requests that build on one another see each other.
func (j *Journal) write(batch []*engine.Request) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range batch {
		switch epoch := &j.epochs[r.Partition]; {
		case r.Kind == engine.Probe, r.Kind == engine.Index:
		case r.Kind == engine.Claim:
			*epoch++
			r.Epoch = *epoch
		case r.Epoch != *epoch:
			r.Err = journal.ErrFenced
		case r.Kind == engine.Append:
			r.Err = j.append(&r.Append)
		case r.Kind == engine.Snapshot:
			r.Err = j.putSnapshot(r.Snapshot)
		}
	}
	return nil
}

func (j *Journal) append(a *journal.Append) error {
	s := j.sessions[a.Session]
	if s == nil {
		s = &session{head: engine.Origin(a.Session), entries: map[journal.Subject]*entries{}}
	}
	row, err := engine.Encode(a, s.head)
	if err != nil {
		return err
	}
	s.head, s.rows, s.summary = row.Head(), append(s.rows, row), cloneSummary(a.Summary)
	s.summary.Session = a.Session
	j.sessions[a.Session] = s
	for i := range a.Records {
		s.index(&a.Records[i])
	}
	return nil
}

// index notes what an event is about.
func (s *session) index(r *journal.Record) {
	about, ok := journal.AboutOf(r)
	if !ok {
		return
	}
	of := s.entries[about.Subject]
	if of == nil {
		of = &entries{places: map[string]int{}}
		s.entries[about.Subject] = of
	}
	i, known := of.places[about.ID]
	if !known {
		i = len(of.all)
		of.places[about.ID], of.all = i, append(of.all, journal.Entry{ID: about.ID, First: r.Seq})
	}
	of.all[i].Add(r.Seq, about.Whole)
}

func (j *Journal) putSnapshot(snapshot journal.Snapshot) error {
	s := j.sessions[snapshot.Session]
	if s == nil || !s.contains(snapshot.Head) {
		return engine.RefuseSnapshot(snapshot)
	}
	snapshot.State = slices.Clone(snapshot.State)
	s.snapshot = &snapshot
	return nil
}

// contains reports whether head is one of the session's events.
func (s *session) contains(head journal.Head) bool {
	if head.Seq == 0 || head.Seq > s.head.Seq {
		return false
	}
	row := s.rows[s.rowOf(head.Seq)]
	records, err := row.Decode(s.summary.Session)
	return err == nil && records[head.Seq-row.First].Hash == head.Hash
}

// rowOf is the index of the row that holds the event seq, or the number of rows.
func (s *session) rowOf(seq journal.Seq) int {
	return sort.Search(len(s.rows), func(i int) bool { return s.rows[i].Last >= seq })
}
