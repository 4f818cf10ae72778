package dir

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parley/hub/blobs"
	"parley/hub/journal"
)

// Problem is what a [Checker] finds.
type Problem struct {
	Session journal.SessionID
	ID      string // of the file; empty if it belongs to none
	Err     error
	// Unused means that nothing is lost: nobody can read what was found, and the store
	// removes it when it is opened.
	Unused bool
}

// String returns a line for people.
func (p Problem) String() string {
	if p.ID == "" {
		return fmt.Sprintf("session %s: attachments: %v", p.Session, p.Err)
	}
	return fmt.Sprintf("session %s: attachment %s: %v", p.Session, p.ID, p.Err)
}

// Checker checks the files of a store against their descriptions and digests, and against
// the events that name them. It changes nothing, and may run while a server uses the
// directory. It is not safe for concurrent use.
type Checker struct {
	// Progress, which the methods update.
	Files    int   // files checked so far
	Bytes    int64 // their size
	Problems int   // damage found so far

	store   Store
	report  func(Problem)
	checked map[journal.SessionID]bool
}

// NewChecker returns a checker of the store in a directory, which may be missing. It calls
// report with each problem.
func NewChecker(root string, report func(Problem)) *Checker {
	return &Checker{store: Store{root: root}, report: report, checked: map[journal.SessionID]bool{}}
}

// Session checks the files of a session. named has those that its events name, as the events
// describe them, by id. Errors are those of the system and of ctx.
func (c *Checker) Session(ctx context.Context, session journal.SessionID, named map[string]blobs.File) error {
	c.checked[session] = true
	s := sessionCheck{Checker: c, session: session, digests: map[string]error{}}
	ids, contents, err := c.store.names(session)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(named)) {
		if !slices.Contains(ids, id) {
			s.problem(id, errMissing)
		}
	}
	for _, id := range ids {
		want, isNamed := named[id]
		if err := s.file(ctx, id, want, isNamed); err != nil {
			return err
		}
	}
	return s.unused(contents)
}

// errMissing is the problem of a file that an event names and the store does not have.
var errMissing = errors.New("is missing, although an event names it")

// Others checks the sessions of the store that were not checked: the journal does not have
// them.
func (c *Checker) Others(ctx context.Context) error {
	sessions, err := c.store.Sessions(ctx)
	if errors.Is(err, blobs.ErrNotFound) {
		return nil
	}
	for _, session := range sessions {
		if !c.checked[session] {
			c.report(Problem{session, "", errors.New("the journal has no such session"), true})
		}
	}
	return err
}

// names returns the ids of the files of a session, and the names of its contents.
func (s *Store) names(session journal.SessionID) (ids, contents []string, err error) {
	entries, err := os.ReadDir(s.dir(session))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), description); ok {
			ids = append(ids, id)
		} else {
			contents = append(contents, e.Name())
		}
	}
	return ids, contents, err
}

// sessionCheck is the check of one session.
type sessionCheck struct {
	*Checker
	session journal.SessionID
	digests map[string]error // what is wrong with the contents, by name; nil for nothing
	unclear bool             // a description is damaged, so a content may be its own
}

func (s *sessionCheck) problem(id string, err error) {
	s.Problems++
	s.report(Problem{s.session, id, err, false})
}

// file checks a file. want is how an event describes it, if one names it.
func (s *sessionCheck) file(ctx context.Context, id string, want blobs.File, isNamed bool) error {
	f, err := s.store.File(ctx, s.session, id)
	switch {
	case errors.Is(err, blobs.ErrNotFound) && !isNamed:
		return nil // the server has deleted it meanwhile
	case errors.Is(err, errDamaged), err == nil && (f.ID != id || !isDigest(f.SHA256)):
		s.unclear = true
		s.problem(id, errors.New("its description is damaged"))
		return nil
	case err != nil:
		return err
	}
	if _, known := s.digests[f.SHA256]; !known {
		s.digests[f.SHA256], err = s.content(ctx, f)
		if err != nil {
			return err
		}
	}
	problem := s.digests[f.SHA256]
	if problem == nil && isNamed && (want.SHA256 != f.SHA256 || want.Size != f.Size) {
		problem = errors.New("is another file than the one that an event names")
	}
	if errors.Is(problem, errNoContent) && !isNamed {
		if _, err := s.store.File(ctx, s.session, id); errors.Is(err, blobs.ErrNotFound) {
			return nil // the server has deleted it meanwhile
		}
	}
	s.Files++
	s.Bytes += f.Size
	if problem != nil {
		s.problem(id, problem)
	}
	return nil
}

// isDigest reports whether a text is a digest in hexadecimal, and therefore names no path.
func isDigest(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == sha256.Size
}

// errNoContent is the problem of a file without a content.
var errNoContent = errors.New("its content is missing")

// content compares a content with its digest. problem says what is wrong with it.
func (s *sessionCheck) content(ctx context.Context, f blobs.File) (problem, err error) {
	content, err := os.Open(s.store.content(s.session, f))
	if errors.Is(err, fs.ErrNotExist) {
		return errNoContent, nil
	}
	if err != nil {
		return nil, err
	}
	defer content.Close()
	digest := sha256.New()
	size, err := io.Copy(digest, contextReader{ctx, content})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return fmt.Errorf("its content cannot be read: %w", err), nil
	case size != f.Size:
		return fmt.Errorf("its content has %d bytes instead of %d", size, f.Size), nil
	case hex.EncodeToString(digest.Sum(nil)) != f.SHA256:
		return errors.New("its content is damaged: it does not match its SHA-256"), nil
	}
	return nil, nil
}

// describeAfter is how old a content without a description must be to be unused: a server
// writes the content first.
const describeAfter = time.Minute

// unused reports the contents that no file has, unless one of them may be a file's whose
// description is damaged.
func (s *sessionCheck) unused(contents []string) error {
	if s.unclear {
		return nil
	}
	for _, name := range contents {
		if _, known := s.digests[name]; known {
			continue
		}
		path := filepath.Join(s.store.dir(s.session), name)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case time.Since(info.ModTime()) > describeAfter:
			s.report(Problem{s.session, "", fmt.Errorf("%s belongs to no file", path), true})
		}
	}
	return nil
}

// contextReader fails once its context ends.
type contextReader struct {
	ctx context.Context
	io.Reader
}

// Read implements [io.Reader].
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
