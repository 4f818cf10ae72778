package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"parley/hub/journal"
)

// checkEvery is how often reads look at the files, at most. Commits look each
// time: four calls of stat cost about a hundredth of a commit.
const checkEvery = time.Second

// files are the files that the journal has open. A file that was removed, moved
// away or replaced goes on taking writes that are never read again, so their
// names are looked up at commits and reads. Its methods are safe for concurrent use.
type files struct {
	opened  []openedFile // immutable after open
	checked atomic.Int64 // when check last looked, in nanoseconds since 1970
	lost    atomic.Pointer[error]
}

type openedFile struct {
	path string
	info os.FileInfo
}

// open takes down which files the names lead to now.
func (f *files) open(paths ...string) error {
	for _, path := range paths {
		path, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		_ = os.SameFile(info, info) // Windows looks at the file only when it is first compared
		f.opened = append(f.opened, openedFile{path, info})
	}
	return nil
}

// err returns what look has found. Files that come back do not lift it, since
// other processes may have written to them meanwhile.
func (f *files) err() error {
	if lost := f.lost.Load(); lost != nil {
		return *lost
	}
	return nil
}

// check is look, at most every checkEvery.
func (f *files) check() error {
	now := time.Now().UnixNano()
	last := f.checked.Load()
	if now-last < int64(checkEvery) || !f.checked.CompareAndSwap(last, now) {
		return f.err()
	}
	return f.look()
}

// look compares every file with what its name leads to. The error wraps
// journal.ErrUnavailable; once a file was not the one that is open, it is the same
// for ever.
func (f *files) look() error {
	for _, opened := range f.opened {
		info, err := os.Stat(opened.path)
		name := filepath.Base(opened.path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			f.lose(fmt.Errorf("%w: %s was removed or moved while the server had it open; restart the server", journal.ErrUnavailable, name))
		case err != nil:
			return fmt.Errorf("%w: %s cannot be looked at: %w", journal.ErrUnavailable, name, err)
		case !os.SameFile(opened.info, info):
			f.lose(fmt.Errorf("%w: %s was replaced while the server had it open; restart the server", journal.ErrUnavailable, name))
		}
	}
	return f.err()
}

func (f *files) lose(why error) { f.lost.CompareAndSwap(nil, &why) }

// has reports whether a name still leads to the file that is open.
func (f *files) has(path string) bool {
	for _, opened := range f.opened {
		if filepath.Base(opened.path) == filepath.Base(path) {
			info, err := os.Stat(opened.path)
			return err == nil && os.SameFile(opened.info, info)
		}
	}
	return false
}
