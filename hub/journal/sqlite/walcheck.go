package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// checkLog looks through the log of a database that no process has open, before
// SQLite does, which would drop what is behind the first damage without a word.
// torn says that the log ends with a transaction that was not wholly written, as
// a power cut leaves it; such a one was not acknowledged.
func checkLog(path string) (torn bool, err error) {
	index, indexed := readWalIndex(path + "-shm")
	s, err := scanWal(path + "-wal")
	if err != nil {
		return false, err
	}
	if s == nil {
		return false, missingLog(path, index, indexed)
	}
	if info, err := os.Stat(path); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return false, &LogDamageError{path, fmt.Sprintf("it is missing or empty, although its log beside it holds %d transactions", s.commits(0)), 0}
	}
	known := &index
	if !indexed {
		known = nil
	}
	if damage := s.damage(known); damage != nil {
		return false, damage
	}
	return s.torn, nil
}

// readyLog makes sure, before SQLite opens the database, that it finds all that
// was committed.
func readyLog(dir string, o Options) error {
	if o.Salvage != "" {
		if err := salvage(dir, o.Salvage); err != nil {
			return err
		}
	}
	torn, err := checkLog(filepath.Join(dir, FileName))
	if torn && o.Notice != nil {
		o.Notice("the journal's log ends with a transaction that is not wholly there, and is dropped; a power cut leaves such a one before it is acknowledged")
	}
	return err
}

// missingLog tells from the index that there was a log.
func missingLog(path string, index walIndex, indexed bool) error {
	if !indexed || index.moved >= index.frames {
		return nil
	}
	return &LogDamageError{path + "-wal", fmt.Sprintf(
		"it is missing, empty or unknown, although it held %d frames that are not in the database; if the database was restored from a backup, remove %s-shm too",
		index.frames-index.moved, filepath.Base(path)), 0}
}

// checkLiveLog is checkLog beside a server that goes on writing: of what it has
// committed, nothing changes until it begins the log anew.
func checkLiveLog(path string) error {
	for range 5 {
		index, ok := readWalIndex(path + "-shm")
		if !ok {
			continue // it was just being written
		}
		s, err := scanWal(path + "-wal")
		if err != nil || s == nil {
			return err
		}
		if s.headerFixed || s.header.salts != index.salts || s.firstBad() >= index.frames {
			return nil
		}
		damage := s.damage(&index)
		if again, ok := readWalIndex(path + "-shm"); damage != nil && ok && again.salts == index.salts {
			return damage
		}
	}
	return nil
}

// isLocked reports whether a server has the journal in a directory open.
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
