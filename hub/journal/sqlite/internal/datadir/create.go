package datadir

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Modes of what a journal creates: only the owner has access.
const (
	DirMode  os.FileMode = 0o700 // directories
	FileMode os.FileMode = 0o600 // files
)

// Create creates dir and its parents where they are missing. It syncs the parent
// directory, so that dir survives a power cut. An existing directory keeps its
// mode.
func Create(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, DirMode); err != nil {
		return err
	}
	return Sync(filepath.Dir(dir))
}

// CreateFile durably creates an empty file at path unless there is one already.
func CreateFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, FileMode)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return Sync(filepath.Dir(path))
}

// CopyFile copies the file from to the path to, replacing what is there, and
// syncs the copy. It does not sync the directory.
func CopyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, FileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
