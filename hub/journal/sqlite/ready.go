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
	"parley/hub/journal/sqlite/internal/datadir"
)

const (
	// probeInterval is how long the outcome of a probe or a commit stays valid.
	probeInterval = time.Second
	// minFreeSpace is how many bytes the disk must have free for the journal to be
	// ready: enough for the log to take a large command many times over.
	minFreeSpace = 1 << 20
)

// probes lets concurrent calls of [Journal.Ready] share one probe.
type probes struct {
	mu sync.Mutex

	// guarded by mu
	last  *journal.Commit
	begun time.Time // when last began
}

// Ready implements [journal.Journal]. It checks that the files are still in
// place, that the disk has room, and that a transaction can be committed.
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

// probe returns the newest probe. It begins another if that is out of date.
func (j *Journal) probe() *journal.Commit {
	j.probes.mu.Lock()
	defer j.probes.mu.Unlock()
	if last := j.probes.last; last != nil && (time.Since(j.probes.begun) < probeInterval || !isResolved(last)) {
		return last
	}
	j.probes.last, j.probes.begun = j.committer.Probe(), time.Now()
	return j.probes.last
}

func isResolved(c *journal.Commit) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// isProbe reports whether a batch consists of probes.
func isProbe(batch []*engine.Request) bool {
	for _, r := range batch {
		if r.Kind != engine.Probe {
			return false
		}
	}
	return true
}

// checkSpace returns journal.ErrFull if the disk that holds path has less than
// minFreeSpace left.
func checkSpace(path string) error {
	if free, known := datadir.FreeSpace(filepath.Dir(path)); known && free < minFreeSpace {
		return fmt.Errorf("%w: the disk has %d KiB left", journal.ErrFull, free>>10)
	}
	return nil
}

// rescue checkpoints the log if only the log has lost its name: everything that
// was acknowledged is then in the database, which still has one. It reports no
// error, since Close tries again.
func (j *Journal) rescue() {
	if !j.files.has(j.path) || j.files.has(j.path+"-wal") || !j.writer.connected() {
		return
	}
	_, _ = j.writer.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(FULL)")
}

// keepLogs prevents the connections that are closed last from deleting the file by
// the log's name, which belongs to another journal.
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
			return errors.New("the SQLite driver cannot keep the log")
		}
		_, err := control.FileControlPersistWAL("main", 1)
		return err
	})
}
