package content

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"parley/hub/agent/isolate"
	"parley/hub/blobs"
	"parley/hub/journal"
	"parley/protocol"
)

// Files stores the attachments that agents read as files: one directory for each host
// session, and in it one for each attachment, so that equal names do not collide. Its
// methods are safe for concurrent use, except for two writes for one host session.
type Files struct {
	Root   string        // empty to store nothing
	Reader *isolate.User // who may read the files; nil for this process's own user
}

// Prepare creates the directory of a host session, and returns its path.
func (f *Files) Prepare(host string) (string, error) {
	dir := filepath.Join(f.Root, host)
	if err := f.makeDir(f.Root); err != nil {
		return "", err
	}
	return dir, f.makeDir(dir)
}

// makeDir creates a directory that the reader can read.
func (f *Files) makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return f.share(dir, 0o750)
}

// share lets the reader's group read a file or directory. The reader does not own it, and so
// cannot put a link in its place, which this process would follow.
func (f *Files) share(path string, mode os.FileMode) error {
	if f.Reader == nil {
		return nil
	}
	return errors.Join(os.Chown(path, -1, int(f.Reader.GID)), os.Chmod(path, mode))
}

// Write implements [FileWriter].
func (f *Files) Write(_ context.Context, host string, c protocol.Content, content io.Reader) (path string, err error) {
	if f.Root == "" {
		return "", errors.New("this server gives agents no files")
	}
	dir, err := f.Prepare(host)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, filepath.Base(c.ID), SafeName(c.Name))
	if info, err := os.Stat(path); err == nil && info.Size() == c.Size {
		return path, nil // of an earlier prompt
	}
	if err = f.makeDir(filepath.Dir(path)); err == nil {
		err = f.writeFile(path, content)
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return "", fmt.Errorf("%w: %w", blobs.ErrFull, err)
	}
	return path, err
}

// writeFile writes a file that appears when it is complete.
func (f *Files) writeFile(path string, content io.Reader) error {
	to, err := os.CreateTemp(filepath.Dir(path), ".part")
	if err != nil {
		return err
	}
	defer os.Remove(to.Name()) // does nothing once it is renamed
	_, err = io.Copy(to, content)
	if err = errors.Join(err, to.Close(), f.share(to.Name(), 0o640)); err != nil {
		return err
	}
	return os.Rename(to.Name(), path)
}

// maxFileName is the maximum length of a file's name in bytes.
const maxFileName = 150

// SafeName returns a name for a file on the agent's machine, which is no path, hides
// nothing, and needs no quotation marks in a shell.
func SafeName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, name)
	if safe = strings.TrimLeft(safe, ".-"); strings.Trim(safe, "_.-") == "" {
		safe = "attachment"
	}
	for len(safe) > maxFileName { // the end, which has the extension, is kept
		_, size := utf8.DecodeRuneInString(safe)
		safe = safe[size:]
	}
	return strings.TrimLeft(safe, ".-")
}

// Sweep removes the files of the host sessions that do not need them.
func (f *Files) Sweep(needed func(host journal.SessionID) bool) error {
	if f.Root == "" {
		return nil
	}
	entries, err := os.ReadDir(f.Root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, e := range entries {
		if id, err := journal.ParseSessionID(e.Name()); err == nil && !needed(id) {
			errs = append(errs, os.RemoveAll(filepath.Join(f.Root, e.Name())))
		}
	}
	return errors.Join(errs...)
}
