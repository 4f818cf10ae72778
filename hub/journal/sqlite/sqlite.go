package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// Journal is a [journal.Journal] in a SQLite database; see [Open]. It is safe for
// concurrent use.
type Journal struct {
	// immutable
	path      string
	lock      *flock.Flock
	read      *reader
	committer *engine.Committer
	files     files

	// owned by the committer's goroutine until it ends, then by Close
	writer  *writer
	written time.Time // when a transaction was last committed

	closed atomic.Bool // set by the first Close
	probes probes
}

var _ journal.Journal = (*Journal)(nil)

// write writes a batch for the committer. Nothing is acknowledged that went into a
// file which has lost its name.
func (j *Journal) write(batch []*engine.Request) error {
	if err := j.files.err(); err != nil {
		j.rescue()
		return err
	}
	if isProbe(batch) || !j.writer.connected() { // connecting opens files by their names
		if err := j.files.look(); err != nil {
			return err
		}
	}
	if isProbe(batch) {
		if err := checkSpace(j.path); err != nil {
			return err
		}
		if time.Since(j.written) < probeInterval {
			return nil
		}
	}
	if err := j.writer.write(batch); err != nil {
		return err
	}
	if err := j.files.look(); err != nil {
		j.rescue()
		return err
	}
	j.written = time.Now()
	return nil
}

// Own implements [journal.Journal].
func (j *Journal) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	return j.committer.Own(ctx, p)
}

// Close implements [journal.Journal]. It may be called again.
func (j *Journal) Close() error {
	j.committer.Close()
	if j.closed.Swap(true) {
		return nil
	}
	if err := j.release(); err != nil {
		return fmt.Errorf("close journal: %w", err)
	}
	return nil
}

// release closes what is open. It closes the writing connection last, since
// closing that checkpoints the log and deletes the file by the log's name.
func (j *Journal) release() error {
	var errs []error
	if err := j.files.look(); err != nil && j.read != nil {
		errs = append(errs, j.keepLogs())
	}
	if j.read != nil {
		errs = append(errs, j.read.close())
	}
	if j.writer != nil {
		errs = append(errs, j.writer.close())
	}
	if j.lock != nil {
		errs = append(errs, j.lock.Close())
	}
	return errors.Join(errs...)
}
