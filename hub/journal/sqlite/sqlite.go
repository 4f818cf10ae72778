package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// Names of the files in the data directory.
const (
	FileName     = "journal.db"
	lockFileName = "journal.lock"
)

// Journal is a SQLite database. It is safe for concurrent use.
type Journal struct {
	// immutable
	path      string
	lock      *flock.Flock
	read      *reader
	committer *engine.Committer
	files     files

	// owned by the committer's goroutine, then by Close
	writer  *writer
	written time.Time // when a transaction was last committed

	closed atomic.Bool // set by the first Close
	probes probes
}

var _ journal.Journal = (*Journal)(nil)

// DefaultCommitInterval is a CommitInterval for servers. On a disk of usual speed
// commits wait less than that. On a slow disk it is a delay that people do not
// notice.
const DefaultCommitInterval = 8 * time.Millisecond

// Options are the settings of a journal. A zero field means its default.
type Options struct {
	// CommitInterval is how long a request waits at most, under load, for others
	// to share its transaction; default not at all.
	CommitInterval time.Duration
	// Salvage lets a journal be opened whose log a crash has left and which is
	// damaged: it is the Choice that PlanSalvage has made for that very log. The
	// files are first copied, as they are, to a directory damaged-… beside them.
	// It does nothing when the log is not damaged, and fails Open when it is
	// damaged otherwise.
	Salvage string
	// Notice is told, while Open runs, what an operator may want to know;
	// default nobody.
	Notice func(string)
}

// options are also what tests change.
type options struct {
	Options
	vfs         string // SQLite's name of the file system to use; empty for the default
	synchronous string // FULL when empty
	checkpoint  int    // after how many pages the log is moved into the database; 0 for the default
	maxPages    int    // the largest database, in pages of 4 KiB; 0 for SQLite's own limit
}

// Open opens the journal in a directory, and creates both where they are
// missing, readable by their owner alone. A directory that exists keeps its
// mode. It fails, naming the file, when another process has the journal open,
// when it was written by a newer version, when it is something else, and with a
// *LogDamageError when SQLite would drop committed transactions.
func Open(dir string, o Options) (*Journal, error) { return open(dir, options{Options: o}) }

func open(dir string, o options) (*Journal, error) {
	j := &Journal{path: filepath.Join(dir, FileName)}
	if err := j.open(dir, o); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), j.release())
	}
	j.committer = engine.NewCommitter(j.write, o.CommitInterval)
	return j, nil
}

func (j *Journal) open(dir string, o options) error {
	if err := createDir(dir); err != nil {
		return err
	}
	lock := filepath.Join(dir, lockFileName)
	if err := j.acquire(lock); err != nil {
		return err
	}
	if err := readyLog(dir, o.Options); err != nil {
		return err
	}
	if err := createFile(j.path); err != nil {
		return err
	}
	if err := settleLog(j.path + "-wal"); err != nil {
		return err
	}
	var err error
	if j.writer, err = newWriter(j.path, o); err != nil {
		return err
	}
	if err := j.writer.connect(); err != nil {
		return err
	}
	if j.read, err = newReader(j.path, reading, o); err != nil {
		return err
	}
	return j.files.open(j.path, j.path+"-wal", j.path+"-shm", lock)
}

// acquire takes the lock that keeps a second process out.
func (j *Journal) acquire(path string) error {
	lock := flock.New(path, flock.SetPermissions(fileMode))
	locked, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	if !locked {
		return fmt.Errorf("%s is in use by another process, which has locked %s", j.path, path)
	}
	j.lock = lock
	return nil
}

// write is the committer's. Nothing is acknowledged that went into a file which
// has lost its name.
func (j *Journal) write(batch []*engine.Request) error {
	if err := j.files.err(); err != nil {
		j.rescue()
		return err
	}
	if isProbe(batch) || !j.writer.connected() { // connecting goes by the names
		if err := j.files.look(); err != nil {
			return err
		}
	}
	if isProbe(batch) {
		if err := hasRoom(j.path); err != nil {
			return err
		}
		if time.Since(j.written) < probeEvery {
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

// Own implements journal.Journal.
func (j *Journal) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	return j.committer.Own(ctx, p)
}

// Close implements journal.Journal. It may be called again.
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

// release closes what is open. The writing connection is the last to go: it
// then moves the log into the database, and deletes what has the log's name.
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

const (
	dirMode  os.FileMode = 0o700
	fileMode os.FileMode = 0o600
)

// createDir creates the directory where it is missing, and syncs the one above
// so that it is still there after a power cut.
func createDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(dir))
}

// createFile creates the database file where it is missing. SQLite would, with
// the mode that the umask leaves; the files beside it take their mode from it.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}
