package memory

import (
	"context"
	"slices"
	"sort"
	"sync"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// Journal is a [journal.Journal] in memory; see [New]. It is safe for concurrent use.
type Journal struct {
	committer *engine.Committer // immutable

	mu sync.RWMutex

	// guarded by mu
	epochs   [journal.Partitions]uint64
	sessions map[journal.SessionID]*session
	closed   bool
}

type session struct {
	head     journal.Head
	rows     []engine.Row // in order from event 1; rows never change
	summary  journal.Summary
	snapshot *journal.Snapshot // nil if there is none
	entries  map[journal.Subject]*entries
}

// entries are the index entries of one subject.
type entries struct {
	all    []journal.Entry // in the order of First
	places map[string]int  // indexes in all, by id
}

var _ journal.Journal = (*Journal)(nil)

// New returns an empty journal. [Journal.Close] ends its goroutine.
func New() *Journal {
	j := &Journal{sessions: map[journal.SessionID]*session{}}
	j.committer = engine.NewCommitter(j.write, 0)
	return j
}

// Own implements [journal.Journal].
func (j *Journal) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	return j.committer.Own(ctx, p)
}

// Ready implements [journal.Journal].
func (j *Journal) Ready(context.Context) error {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed {
		return journal.ErrClosed
	}
	return nil
}

// Close implements [journal.Journal].
func (j *Journal) Close() error {
	j.committer.Close()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	return nil
}

// write carries out a batch for the committer, one request after the other.
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

// index adds an event to the index.
func (s *session) index(r *journal.Record) {
	about, ok := journal.AboutOf(r)
	if !ok {
		return
	}
	e := s.entries[about.Subject]
	if e == nil {
		e = &entries{places: map[string]int{}}
		s.entries[about.Subject] = e
	}
	i, found := e.places[about.ID]
	if !found {
		i = len(e.all)
		e.places[about.ID], e.all = i, append(e.all, journal.Entry{ID: about.ID, First: r.Seq})
	}
	e.all[i].Add(r.Seq, about.Whole)
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

// rowOf returns the index of the row that holds event seq, or the number of rows.
func (s *session) rowOf(seq journal.Seq) int {
	return sort.Search(len(s.rows), func(i int) bool { return s.rows[i].Last >= seq })
}
