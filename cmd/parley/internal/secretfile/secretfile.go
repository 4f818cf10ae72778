package secretfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"parley/hub/journal/sqlite"
)

// Read reads a file. The error matches [os.ErrNotExist] if there is none. It says what to
// do if the file is not a regular file or other users can read it.
func Read(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file; replace it with the file itself", path)
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows":
		return nil, fmt.Errorf("%s can be read by other users; run: chmod 600 %s", path, path)
	}
	return os.ReadFile(path)
}

// Write writes a file, and replaces one that exists. It also removes what a crash in an
// earlier Write has left.
func Write(path string, content []byte) error {
	dir, temporary := filepath.Dir(path), filepath.Base(path)+".new-"
	if err := removeAll(dir, temporary); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, temporary+"*") // has mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return sqlite.SyncDir(dir)
}

// removeAll removes the files of a directory whose names have a prefix.
func removeAll(dir, prefix string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
