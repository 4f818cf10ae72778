package dir

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"parley/hub/blobs"
	"parley/hub/journal"
)

// writing counts the bytes that files in progress may still write.
type writing struct {
	mu    sync.Mutex
	bytes int64 // guarded by mu
}

const (
	// reserve is the room that the store leaves on a file system. The log of the journal
	// takes up to an eighth of it.
	reserve = 256 << 20
	// reserveShare is the share of a small file system that the store leaves instead.
	reserveShare = 4
)

// begin reports whether the file system has room for bytes more, and counts them.
func (w *writing) begin(bytes int64, space func() (free, size int64, err error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	free, size, err := space()
	if err != nil {
		return err
	}
	if free-w.bytes-bytes < min(reserve, size/reserveShare) {
		return blobs.ErrFull
	}
	w.bytes += bytes
	return nil
}

func (w *writing) end(bytes int64) {
	w.mu.Lock()
	w.bytes -= bytes
	w.mu.Unlock()
}

// Put implements [blobs.Store].
func (s *Store) Put(ctx context.Context, session journal.SessionID, f blobs.File, content io.Reader, size int64) (blobs.File, error) {
	if _, ok := s.describes(session, f.ID); !ok {
		return f, fmt.Errorf("store: %q is not an id", f.ID)
	}
	charged, err := s.quota.Reserve(session, size)
	if err != nil {
		return f, err
	}
	stored, err := s.put(ctx, session, f, content, size, charged)
	if err != nil {
		s.quota.Release(session, charged)
		return f, failure("store", err)
	}
	s.quota.Release(session, charged-blobs.Charge(stored.Size))
	return stored, nil
}

func (s *Store) put(ctx context.Context, session journal.SessionID, f blobs.File, content io.Reader, size, room int64) (blobs.File, error) {
	if err := s.writing.begin(room, func() (int64, int64, error) { return s.space(s.root) }); err != nil {
		return f, err
	}
	defer s.writing.end(room)
	written, err := s.receive(&f, content)
	if err != nil {
		return f, err
	}
	defer os.Remove(written) // does nothing once it is renamed
	switch {
	case f.Size > s.quota.Limits().File:
		return f, blobs.ErrTooLarge
	case size >= 0 && f.Size != size:
		return f, blobs.ErrIncomplete
	case ctx.Err() != nil:
		return f, ctx.Err()
	}
	return f, s.publish(session, f, written)
}

// receive writes a content to a temporary file and syncs it. It sets the file's size and
// digest, and reads at most one byte more than a file may have.
func (s *Store) receive(f *blobs.File, content io.Reader) (path string, err error) {
	to, err := os.CreateTemp(s.temporary(), "")
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, to.Close()); err != nil {
			_ = os.Remove(to.Name())
		}
	}()
	digest := sha256.New()
	if f.Size, err = io.Copy(io.MultiWriter(to, digest), io.LimitReader(content, s.quota.Limits().File+1)); err != nil {
		return "", err
	}
	f.SHA256 = hex.EncodeToString(digest.Sum(nil))
	return to.Name(), to.Sync()
}

// publish makes a received content a file of the session.
func (s *Store) publish(session journal.SessionID, f blobs.File, written string) error {
	s.changes.Lock()
	defer s.changes.Unlock()
	if err := os.Mkdir(s.dir(session), 0o700); err == nil {
		if err := syncDir(s.root); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(written, s.content(session, f)); err != nil {
		return err
	}
	err := s.describe(session, f)
	if err != nil {
		s.withdraw(session, f)
	}
	return err
}

// withdraw removes a file that could not be published, so that it takes no room that nothing
// counts. What it cannot remove, Open does.
func (s *Store) withdraw(session journal.SessionID, f blobs.File) {
	path, _ := s.describes(session, f.ID)
	_ = os.Remove(path)
	others, err := s.all(session)
	if err == nil && !slices.ContainsFunc(others, func(o blobs.File) bool { return o.SHA256 == f.SHA256 }) {
		_ = os.Remove(s.content(session, f))
	}
}

// describe writes a file's description, and syncs the directory of the session.
func (s *Store) describe(session journal.SessionID, f blobs.File) error {
	encoded, err := json.Marshal(f)
	if err != nil {
		return err
	}
	to, err := os.CreateTemp(s.temporary(), "")
	if err != nil {
		return err
	}
	defer os.Remove(to.Name()) // does nothing once it is renamed
	_, err = to.Write(encoded)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return err
	}
	path, _ := s.describes(session, f.ID)
	if err := os.Rename(to.Name(), path); err != nil {
		return err
	}
	return syncDir(s.dir(session))
}

// syncDir syncs a directory, so that the names in it survive a crash.
func syncDir(path string) error {
	d, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// failure returns the store's error for an error of the operating system. Other errors,
// such as that of a content, stay what they are.
func failure(operation string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%s attachment: %w: %w", operation, blobs.ErrFull, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s attachment: %w", operation, blobs.ErrNotFound)
	case errors.As(err, &path), errors.As(err, &link):
		return fmt.Errorf("%s attachment: %w: %w", operation, blobs.ErrUnavailable, err)
	}
	return err
}
