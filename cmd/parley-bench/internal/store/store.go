package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/hub/journal"
	"parley/hub/journal/sqlite"
)

// Store commits messages to a journal.
type Store struct {
	journal *sqlite.Journal
	writers [journal.Partitions]journal.Writer
}

// Open opens the journal in a directory.
func Open(ctx context.Context, dir string, o sqlite.Options) (*Store, error) {
	j, err := sqlite.Open(dir, o)
	if err != nil {
		return nil, err
	}
	writers, err := ownAll(ctx, j)
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return &Store{j, writers}, nil
}

// Close closes the journal.
func (s *Store) Close() error { return s.journal.Close() }

// ownAll claims all partitions of a journal.
func ownAll(ctx context.Context, j journal.Journal) (writers [journal.Partitions]journal.Writer, err error) {
	for p := range writers {
		if writers[p], err = j.Own(ctx, journal.Partition(p)); err != nil {
			return writers, err
		}
	}
	return writers, nil
}

// Session commits the messages of one room, as a session of its own. It is safe for
// concurrent use. A nil Session commits nothing.
type Session struct {
	writer  journal.Writer
	summary journal.Summary

	mu   sync.Mutex
	head journal.Head // guarded by mu
}

// Session returns a new session. That of a nil Store is nil.
func (s *Store) Session() *Session {
	if s == nil {
		return nil
	}
	id := journal.NewHostSessionID()
	return &Session{
		writer:  s.writers[id.Partition()],
		summary: journal.Summary{Session: id, Kind: journal.KindHost, CreatedAt: now()},
		head:    journal.Head{Hash: journal.ChainStart(id)},
	}
}

// Commit commits a message that a client has sent, and returns once it is durable.
// The journal adapts to the number of clients that wait.
func (s *Session) Commit(event []byte, client string) error {
	if s == nil {
		return nil
	}
	return s.append(event, client).Err()
}

func (s *Session) append(event []byte, client string) *journal.Commit {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := journal.Record{Session: s.summary.Session, Seq: s.head.Seq + 1, Time: now(), Type: "event", Public: event}
	r.Seal(s.head.Hash)
	a := journal.Append{Session: r.Session, Prev: s.head.Seq, Records: []journal.Record{r}, Summary: s.summary, Awaited: []string{client}}
	s.head = journal.Head{Seq: r.Seq, Hash: r.Hash}
	return s.writer.Append(a)
}

// now returns the time with the precision of the journal.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
