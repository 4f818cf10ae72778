package worktree

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/hub/journal"
	"parley/protocol"
)

// Bounds of a list of files.
const (
	maxFound  = 30      // files of an answer
	maxWalked = 10_000  // files of a directory without a repository
	maxDepth  = 12      // directories below it
	maxNames  = 8 << 20 // bytes of all names
)

// Files lists files of a session's working directory whose paths contain a text, without
// regard to case: those that have changed first. Files that git ignores are left out, and
// without a repository those whose names begin with a dot. The only error is that of ctx.
func (s *Store) Files(ctx context.Context, session journal.SessionID, dir, query string) (*protocol.FilesAnswer, error) {
	answer := &protocol.FilesAnswer{Files: []protocol.FileEntry{}}
	reason, err := s.reading(ctx, session, dir, func(ctx context.Context) error {
		names, changed, err := s.names(ctx, session, dir)
		if err != nil {
			return err
		}
		answer.Files, answer.More = match(names, changed, dir, query)
		return nil
	})
	answer.Reason = reason
	return answer, err
}

// names returns the paths of the files of a working directory, and which of them have
// changed as far as the newest read has found.
func (s *Store) names(ctx context.Context, session journal.SessionID, dir string) (names []string, changed map[string]bool, err error) {
	own, err := privateIn(dir, s.data())
	if err != nil {
		return nil, nil, err
	}
	defer func() { names = slices.DeleteFunc(names, own.has) }()
	r, err := s.begun(ctx, session, dir)
	if known, ok := errors.AsType[reasonError](err); ok && known == errNoRepo {
		return walk(dir), nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	u, err := s.openRepo(dir)
	if err != nil {
		return nil, nil, err
	}
	run := s.run(r, u)
	run.index, run.limit = r.path("index"), maxNames
	list, err := run.git(ctx, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
	if err != nil && !errors.Is(err, errTooMuch) {
		return nil, nil, err
	}
	names = splitZero(list)
	if errors.Is(err, errTooMuch) && len(names) > 0 {
		names = names[:len(names)-1] // the last one is cut
	}
	latest := ""
	if n := len(r.state.Turns); n > 0 {
		latest = r.state.Turns[n-1].After
	}
	if r.state.Now != nil {
		latest, run.objects = r.state.Now.Tree, r.path("now/objects")
	}
	changed = map[string]bool{}
	if latest != "" {
		all, err := compare(ctx, run, r.state.Baseline.Tree, latest)
		if err != nil {
			return names, nil, nil // the list is useful without
		}
		for _, c := range all {
			changed[c.path] = true
		}
	}
	return names, changed, nil
}

// walk returns the paths of the files below a directory, without following links.
func walk(dir string) (names []string) {
	errEnough := errors.New("enough")
	seen := 0
	_ = filepath.WalkDir(dir, func(full string, entry fs.DirEntry, err error) error {
		if seen++; seen > maxWalked {
			return errEnough
		}
		rel, relErr := filepath.Rel(dir, full)
		switch {
		case err != nil || relErr != nil:
			return nil // a directory that cannot be read is left out
		case rel == ".":
			return nil
		case strings.HasPrefix(entry.Name(), ".") || entry.IsDir() && strings.Count(rel, string(filepath.Separator)) >= maxDepth:
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.Type().IsRegular():
			names = append(names, filepath.ToSlash(rel))
		}
		return nil
	})
	return names
}

// match returns the first of the names that contain a text.
func match(names []string, changed map[string]bool, dir, query string) (found []protocol.FileEntry, more bool) {
	query = strings.ToLower(query)
	matching := slices.DeleteFunc(names, func(name string) bool {
		return !utf8.ValidString(name) || !strings.Contains(strings.ToLower(name), query)
	})
	rank := func(name string) int {
		r := 2
		if strings.HasPrefix(strings.ToLower(path.Base(name)), query) {
			r = 1
		}
		if changed[name] {
			r -= 2
		}
		return r
	}
	slices.SortFunc(matching, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	found = []protocol.FileEntry{}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return found, false
	}
	defer root.Close()
	for _, name := range matching {
		// The index still has files that were deleted, or whose directory was replaced by a link.
		if info, err := root.Lstat(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		if len(found) == maxFound {
			return found, true
		}
		uri := url.URL{Scheme: "file", Path: path.Join(filepath.ToSlash(dir), name)}
		found = append(found, protocol.FileEntry{Path: name, Changed: changed[name], URI: uri.String()})
	}
	return found, false
}
