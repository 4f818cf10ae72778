package wal

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"parley/hub/journal/sqlite/internal/datadir"
)

// Resync writes the content of the log at path over itself and syncs it. It does
// nothing if there is no log.
//
// After a failed sync the kernel may hold a whole transaction in its cache that
// is not on the disk, yet count it as written, so that no later sync writes it.
// Writing it again does. Writing in place needs no room on the disk, and an
// interruption changes nothing, because each byte is replaced by itself.
func Resync(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(writeOver(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return datadir.Sync(filepath.Dir(path))
}

// writeOver replaces the content of f by itself.
func writeOver(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = io.Copy(io.NewOffsetWriter(f, 0), io.NewSectionReader(f, 0, info.Size()))
	return err
}
