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

// fileCheckInterval is how often reads look the files up, at most. Commits do so
// every time: four calls of stat cost about a hundredth of a commit.
const fileCheckInterval = time.Second

// files are the files that the journal has open. A file that was removed, moved or
// replaced still accepts writes, but nothing ever reads them, so the names are
// looked up at commits and reads. Its methods are safe for concurrent use.
type files struct {
	opened  []openedFile          // immutable after open
	checked atomic.Int64          // when check last called look, in nanoseconds since 1970
	lost    atomic.Pointer[error] // the first loss that look found; nil if none
}

type openedFile struct {
	path string
	info os.FileInfo
}

// open records which files the names lead to now.
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
		_ = os.SameFile(info, info) // on Windows the first comparison reads the file's identity
		f.opened = append(f.opened, openedFile{path, info})
	}
	return nil
}

// err returns the loss that look has found, or nil. A loss stays when the files
// come back, since other processes may have written to them meanwhile.
func (f *files) err() error {
	if lost := f.lost.Load(); lost != nil {
		return *lost
	}
	return nil
}

// check calls look if the last call was at least fileCheckInterval ago.
func (f *files) check() error {
	now := time.Now().UnixNano()
	last := f.checked.Load()
	if now-last < int64(fileCheckInterval) || !f.checked.CompareAndSwap(last, now) {
		return f.err()
	}
	return f.look()
}

// look compares each open file with the one that its name leads to. Its errors
// wrap journal.ErrUnavailable. Once a file is lost, look returns the same error
// ever after.
func (f *files) look() error {
	for _, opened := range f.opened {
		info, err := os.Stat(opened.path)
		name := filepath.Base(opened.path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			f.lose(fmt.Errorf("%w: %s was removed or moved while the server had it open; restart the server", journal.ErrUnavailable, name))
		case err != nil:
			return fmt.Errorf("%w: cannot check that %s is still in place: %w", journal.ErrUnavailable, name, err)
		case !os.SameFile(opened.info, info):
			f.lose(fmt.Errorf("%w: %s was replaced while the server had it open; restart the server", journal.ErrUnavailable, name))
		}
	}
	return f.err()
}

func (f *files) lose(why error) { f.lost.CompareAndSwap(nil, &why) }

// has reports whether the name of path still leads to the open file.
func (f *files) has(path string) bool {
	for _, opened := range f.opened {
		if filepath.Base(opened.path) == filepath.Base(path) {
			info, err := os.Stat(opened.path)
			return err == nil && os.SameFile(opened.info, info)
		}
	}
	return false
}
