package bench

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/hub"
	"parley/hub/journal/sqlite"
)

// keeper has raw keep what it is sent in a journal, each room as a session.
type keeper struct {
	journal *sqlite.Journal
	writers [hub.Partitions]hub.Writer
}

func openKeeper(ctx context.Context, dir string, o sqlite.Options) (*keeper, error) {
	j, err := sqlite.Open(dir, o)
	if err != nil {
		return nil, err
	}
	writers, err := ownAll(ctx, j)
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return &keeper{j, writers}, nil
}

// ownAll claims every partition of a journal.
func ownAll(ctx context.Context, j hub.Journal) (writers [hub.Partitions]hub.Writer, err error) {
	for p := range writers {
		if writers[p], err = j.Own(ctx, hub.Partition(p)); err != nil {
			return writers, err
		}
	}
	return writers, nil
}

// kept is a room's session. A nil one keeps nothing.
type kept struct {
	writer  hub.Writer
	summary hub.Summary

	mu   sync.Mutex
	head hub.Head // guarded by mu
}

func (k *keeper) session() *kept {
	if k == nil {
		return nil
	}
	id := hub.NewHostSessionID()
	return &kept{
		writer:  k.writers[id.Partition()],
		summary: hub.Summary{Session: id, Kind: hub.KindHost, CreatedAt: now()},
		head:    hub.Head{Hash: hub.ChainStart(id)},
	}
}

// keep returns once an event is durable, which the named client waits for.
func (s *kept) keep(event []byte, client string) error {
	if s == nil {
		return nil
	}
	return s.append(event, client).Err()
}

func (s *kept) append(event []byte, client string) *hub.Commit {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := hub.Record{Session: s.summary.Session, Seq: s.head.Seq + 1, Time: now(), Type: "event", Public: event}
	r.Seal(s.head.Hash)
	a := hub.Append{Session: r.Session, Prev: s.head.Seq, Records: []hub.Record{r}, Summary: s.summary, Awaited: []string{client}}
	s.head = hub.Head{Seq: r.Seq, Hash: r.Hash}
	return s.writer.Append(a)
}

// now is as exact as a journal's times are.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
