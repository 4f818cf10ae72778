package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"parley/hub/journal/engine"
	"parley/hub/journal/sqlite/internal/datadir"
	"parley/hub/journal/sqlite/internal/wal"
)

// FileName is the name of the database in the data directory.
const FileName = "journal.db"

// lockFileName is the name of the file that the process using the journal locks.
const lockFileName = "journal.lock"

// DefaultCommitInterval is a CommitInterval for servers. Commits take less time
// than that on a disk of usual speed; on a slow disk it adds a delay that users do
// not notice.
const DefaultCommitInterval = 8 * time.Millisecond

// Options are the settings of a journal. The zero value has the defaults.
type Options struct {
	// CommitInterval is the maximum time that a request waits, under load, for
	// others to share its transaction; 0 for none.
	CommitInterval time.Duration
	// Salvage, if set, is the [Salvage.Choice] by which Open repairs a damaged
	// log. Open first copies the files as they are to a directory damaged-…
	// beside them. Salvage has no effect on a sound log; Open fails if the log is
	// damaged in another way than the one the choice was made for.
	Salvage string
	// Notice, if set, is called while Open runs, from its goroutine, with messages
	// for the server's operator.
	Notice func(string)
}

// options are Options and what tests change besides.
type options struct {
	Options
	vfs         string // SQLite's name of the file system to use; empty for the default
	synchronous string // SQLite's pragma; FULL if empty
	checkpoint  int    // pages after which the log is checkpointed; 0 for the default
	maxPages    int    // maximum size of the database, in pages of 4 KiB; 0 for SQLite's own limit
}

// Open opens the journal in a directory. It creates the directory and the journal
// where they are missing, accessible to their owner only; an existing directory
// keeps its mode. Close the journal to end its goroutine.
//
// Open fails, naming the file, if another process has the journal open, if a newer
// version of Parley wrote it, or if the file is something else. It fails with a
// [*LogDamageError] if SQLite would drop committed transactions.
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
	if err := datadir.Create(dir); err != nil {
		return err
	}
	lock := filepath.Join(dir, lockFileName)
	if err := j.acquire(lock); err != nil {
		return err
	}
	if err := prepareLog(dir, o.Options); err != nil {
		return err
	}
	// SQLite would create the file with the mode that the umask leaves. The files
	// that it creates beside the database take their mode from it.
	if err := datadir.CreateFile(j.path); err != nil {
		return err
	}
	if err := wal.Resync(j.path + "-wal"); err != nil {
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

// acquire takes the lock that keeps other processes from opening the journal.
func (j *Journal) acquire(path string) error {
	lock := flock.New(path, flock.SetPermissions(datadir.FileMode))
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

// isLocked reports whether a server has the journal in dir open.
func isLocked(dir string) bool {
	path := filepath.Join(dir, lockFileName)
	if _, err := os.Stat(path); err != nil {
		return false
	}
	lock := flock.New(path)
	free, err := lock.TryRLock()
	if err != nil || !free {
		return err == nil
	}
	return lock.Close() != nil
}

// prepareLog makes sure, before SQLite opens the database, that it will find
// everything that was committed.
func prepareLog(dir string, o Options) error {
	if o.Salvage != "" {
		if err := salvage(dir, o.Salvage); err != nil {
			return err
		}
	}
	torn, err := wal.Check(filepath.Join(dir, FileName))
	if torn && o.Notice != nil {
		o.Notice("dropped an incomplete transaction at the end of the journal's log; a power cut leaves such a transaction, which was never acknowledged")
	}
	return err
}

// SyncDir makes the names in a directory durable: files created, renamed or
// removed there before the call stay so after a power cut.
func SyncDir(dir string) error { return datadir.Sync(dir) }
