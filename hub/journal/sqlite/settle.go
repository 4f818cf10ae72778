package sqlite

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// settleLog writes the log that a crash has left once more, as it can be read,
// and syncs it, before anything is built on it. After a sync that has failed the
// kernel shows what is not on the disk, a whole transaction perhaps, and takes it
// for written: no later sync makes up for that, only writing it again. It is
// written in place, which needs no room and changes nothing if it is cut short.
func settleLog(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(rewrite(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

func rewrite(f *os.File) error {
	piece := make([]byte, 1<<20)
	for offset := int64(0); ; {
		n, err := f.ReadAt(piece, offset)
		if _, err := f.WriteAt(piece[:n], offset); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		offset += int64(n)
	}
}
