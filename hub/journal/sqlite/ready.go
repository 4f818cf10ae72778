package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

const (
	// probeEvery is how long the outcome of a probe, or of a commit, counts.
	probeEvery = time.Second
	// minRoom is how much room the disk needs for the journal to be ready: the
	// log takes a large command many times over.
	minRoom = 1 << 20
)

// probes lets all who ask at about the same time share one probe.
type probes struct {
	mu   sync.Mutex
	last *journal.Commit // guarded by mu
	at   time.Time       // of last; guarded by mu
}

// Ready implements journal.Journal. It checks that the files are still the ones that
// were opened, that the disk has room, and that a transaction can be committed.
func (j *Journal) Ready(ctx context.Context) error {
	if j.closed.Load() {
		return journal.ErrClosed
	}
	if err := j.files.err(); err != nil {
		return err
	}
	commit := j.probe()
	select {
	case <-commit.Done():
		return commit.Err()
	case <-ctx.Done():
		return fmt.Errorf("%w: the disk does not answer: %w", journal.ErrUnavailable, ctx.Err())
	}
}

// probe returns the newest probe, or begins one when it is out of date.
func (j *Journal) probe() *journal.Commit {
	j.probes.mu.Lock()
	defer j.probes.mu.Unlock()
	if last := j.probes.last; last != nil && (time.Since(j.probes.at) < probeEvery || !resolved(last)) {
		return last
	}
	j.probes.last, j.probes.at = j.committer.Probe(), time.Now()
	return j.probes.last
}

func resolved(c *journal.Commit) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// isProbe reports whether a batch writes nothing but probes.
func isProbe(batch []*engine.Request) bool {
	for _, r := range batch {
		if r.Kind != engine.Probe {
			return false
		}
	}
	return true
}

func hasRoom(path string) error {
	if free, known := freeSpace(filepath.Dir(path)); known && free < minRoom {
		return fmt.Errorf("%w: the disk has %d KiB left", journal.ErrFull, free>>10)
	}
	return nil
}

// rescue moves the log into the database when the log alone has lost its name:
// what was acknowledged is then in a file that has one. It is a second chance,
// so its own failure is not reported; Close tries again.
func (j *Journal) rescue() {
	if !j.files.has(j.path) || j.files.has(j.path+"-wal") || !j.writer.connected() {
		return
	}
	_, _ = j.writer.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(FULL)")
}

// keepLogs lets the connections that close last leave alone what has the log's
// name: it is another journal's.
func (j *Journal) keepLogs() error {
	errs := []error{keepLog(j.read.anchor)}
	if j.writer != nil && j.writer.conn != nil {
		errs = append(errs, keepLog(j.writer.conn))
	}
	return errors.Join(errs...)
}

func keepLog(conn *sql.Conn) error {
	if conn == nil {
		return nil
	}
	return conn.Raw(func(driver any) error {
		control, ok := driver.(sqlite.FileControl)
		if !ok {
			return errors.New("the log cannot be kept")
		}
		_, err := control.FileControlPersistWAL("main", 1)
		return err
	})
}
