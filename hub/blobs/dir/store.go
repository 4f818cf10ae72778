package dir

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"parley/hub/blobs"
	"parley/hub/journal"
)

// Store is a [blobs.Store] in a directory.
type Store struct {
	// immutable
	root  string
	quota *blobs.Quota
	space func(dir string) (free, size int64, err error) // of the file system

	writing writing
	changes sync.Mutex // held while a session's directory is changed
}

var _ blobs.Store = (*Store)(nil)

// Open opens the store in a directory, which it creates if necessary. It removes what a
// crash has left unfinished.
func Open(root string, limits blobs.Limits) (*Store, error) {
	s := &Store{root: root, quota: blobs.NewQuota(limits), space: space}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("open attachments: %w", err)
	}
	return s, nil
}

func (s *Store) open() error {
	if err := os.RemoveAll(s.temporary()); err != nil {
		return err
	}
	if err := os.MkdirAll(s.temporary(), 0o700); err != nil {
		return err
	}
	sessions, err := s.Sessions(context.Background())
	if err != nil {
		return err
	}
	for _, session := range sessions {
		files, err := s.all(session)
		named := map[string]bool{}
		for _, f := range files {
			s.quota.Add(session, blobs.Charge(f.Size))
			named[f.SHA256] = true
		}
		if errors.Is(err, errDamaged) {
			continue // a content may be that of a damaged description
		}
		if err == nil {
			err = s.removeOthers(session, named)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeOthers removes the contents that no file of the session has.
func (s *Store) removeOthers(session journal.SessionID, named map[string]bool) error {
	entries, err := os.ReadDir(s.dir(session))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), description) && !named[e.Name()] {
			if err := os.Remove(filepath.Join(s.dir(session), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Limits implements [blobs.Store].
func (s *Store) Limits() blobs.Limits { return s.quota.Limits() }

// description is the extension of the files that describe a file.
const description = ".json"

func (s *Store) temporary() string                    { return filepath.Join(s.root, "tmp") }
func (s *Store) dir(session journal.SessionID) string { return filepath.Join(s.root, session.String()) }
func (s *Store) content(session journal.SessionID, f blobs.File) string {
	return filepath.Join(s.dir(session), f.SHA256)
}

// maxID is the maximum length of an id in bytes; file systems allow no much longer names.
const maxID = 128

// describes returns the path of a file's description. It returns false for an id that is
// not a name of a file, as a client may send.
func (s *Store) describes(session journal.SessionID, id string) (path string, ok bool) {
	if id == "" || len(id) > maxID || id != filepath.Base(id) || strings.ContainsAny(id, ".\x00") {
		return "", false
	}
	return filepath.Join(s.dir(session), id+description), true
}

// File implements [blobs.Store].
func (s *Store) File(_ context.Context, session journal.SessionID, id string) (f blobs.File, err error) {
	path, ok := s.describes(session, id)
	if !ok {
		return f, blobs.ErrNotFound
	}
	encoded, err := os.ReadFile(path)
	if err == nil && json.Unmarshal(encoded, &f) != nil {
		err = fmt.Errorf("%w: %s", errDamaged, path)
	}
	return f, failure("read", err)
}

// errDamaged is the error for a description that cannot be decoded.
var errDamaged = fmt.Errorf("%w: damaged description", blobs.ErrUnavailable)

// Open implements [blobs.Store].
func (s *Store) Open(ctx context.Context, session journal.SessionID, id string) (blobs.Content, error) {
	f, err := s.File(ctx, session, id)
	if err != nil {
		return nil, err
	}
	content, err := os.Open(s.content(session, f))
	if err != nil {
		return nil, failure("open", err)
	}
	return content, nil
}

// Sessions implements [blobs.Store].
func (s *Store) Sessions(context.Context) (sessions []journal.SessionID, err error) {
	entries, err := os.ReadDir(s.root)
	if err != nil {
		return nil, failure("list", err)
	}
	for _, e := range entries {
		if id, err := journal.ParseSessionID(e.Name()); err == nil {
			sessions = append(sessions, id)
		}
	}
	return sessions, nil
}

// Files implements [blobs.Store].
func (s *Store) Files(_ context.Context, session journal.SessionID) (files []blobs.File, err error) {
	all, err := s.all(session)
	for _, f := range all {
		if !f.Keep {
			files = append(files, f)
		}
	}
	return files, failure("list", err)
}

// all returns all files of a session. If a description is damaged, it returns the others
// and errDamaged.
func (s *Store) all(session journal.SessionID) (files []blobs.File, err error) {
	entries, err := os.ReadDir(s.dir(session))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), description)
		if !ok {
			continue
		}
		switch f, readErr := s.File(context.Background(), session, id); {
		case readErr == nil:
			files = append(files, f)
		case errors.Is(readErr, errDamaged):
			err = readErr
		case !errors.Is(readErr, blobs.ErrNotFound): // it was not deleted meanwhile
			return nil, readErr
		}
	}
	return files, err
}

// Touch implements [blobs.Store].
func (s *Store) Touch(ctx context.Context, session journal.SessionID, id string, at time.Time, keep bool) error {
	s.changes.Lock()
	defer s.changes.Unlock()
	f, err := s.File(ctx, session, id)
	if err != nil {
		return err
	}
	f.Used, f.Keep = at, f.Keep || keep
	return failure("change", s.describe(session, f))
}

// Delete implements [blobs.Store].
func (s *Store) Delete(ctx context.Context, session journal.SessionID, id string, before time.Time) error {
	s.changes.Lock()
	defer s.changes.Unlock()
	f, err := s.File(ctx, session, id)
	if errors.Is(err, blobs.ErrNotFound) || err == nil && (f.Keep || !f.Used.Before(before)) {
		return nil
	}
	if err != nil {
		return err
	}
	rest, err := s.all(session)
	if err != nil {
		return failure("delete", err)
	}
	path, _ := s.describes(session, id)
	if err := os.Remove(path); err != nil {
		return failure("delete", err)
	}
	s.quota.Release(session, blobs.Charge(f.Size))
	shared := false
	for _, other := range rest {
		shared = shared || other.ID != f.ID && other.SHA256 == f.SHA256
	}
	if !shared {
		err = os.Remove(s.content(session, f))
	}
	if len(rest) == 1 && err == nil {
		_ = os.Remove(s.dir(session)) // fails if a new file was just stored in it
	}
	return failure("delete", err)
}

// DeleteSession implements [blobs.Store].
func (s *Store) DeleteSession(_ context.Context, session journal.SessionID) error {
	s.changes.Lock()
	defer s.changes.Unlock()
	files, err := s.all(session)
	if err != nil && !errors.Is(err, errDamaged) {
		return failure("delete", err)
	}
	if err := os.RemoveAll(s.dir(session)); err != nil {
		return failure("delete", err)
	}
	for _, f := range files {
		s.quota.Release(session, blobs.Charge(f.Size))
	}
	return failure("delete", syncDir(s.root))
}
