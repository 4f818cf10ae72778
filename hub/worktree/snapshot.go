package worktree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// limits are the bounds of a tree.
type limits struct {
	paths int   // changed and untracked files
	file  int64 // bytes of a file that is read
	bytes int64 // bytes of all files that are read
}

var defaultLimits = limits{paths: 20_000, file: 16 << 20, bytes: 128 << 20}

// Further bounds of a tree.
const (
	maxPathList = 8 << 20 // bytes of the names of changed and untracked files
	maxUnread   = 50      // files that are listed as not read
)

const errManyPaths = reasonError("Too many files have changed or are neither committed nor ignored.")

// snapshot writes a tree of the working directory, and returns it.
type snapshot struct {
	run    run
	repo   repo
	limits limits
	own    private
	found  treeAt
	size   int64 // bytes of the files that are read
}

// write writes the tree. With an index of an earlier tree, git reads only files that have
// changed since.
func (s *snapshot) write(ctx context.Context) (treeAt, error) {
	s.found = treeAt{At: time.Now().UTC(), Head: s.repo.head}
	if _, err := os.Stat(s.run.index); errors.Is(err, fs.ErrNotExist) {
		if err := s.readHead(ctx); err != nil {
			return treeAt{}, err
		}
	}
	_, _ = s.run.git(ctx, "update-index", "-q", "--refresh") // fails if a file has changed
	paths, err := s.changed(ctx)
	if err != nil {
		return treeAt{}, err
	}
	if err := s.update(ctx, paths); err != nil {
		return treeAt{}, err
	}
	tree, err := s.run.git(ctx, "write-tree")
	s.found.Tree = strings.TrimSpace(string(tree))
	return s.found, err
}

// readHead fills a new index with the files of the newest commit that are in the working
// directory.
func (s *snapshot) readHead(ctx context.Context) error {
	if s.repo.head == "" {
		return nil
	}
	prefix := s.prefix()
	if prefix == "" {
		_, err := s.run.git(ctx, "read-tree", s.repo.head)
		return err
	}
	tree, err := s.run.git(ctx, "rev-parse", "--quiet", "--verify", s.repo.head+":"+strings.TrimSuffix(prefix, "/"))
	if err != nil {
		return nil // the commit does not contain the directory
	}
	_, err = s.run.git(ctx, "read-tree", "--prefix="+prefix, strings.TrimSpace(string(tree)))
	return err
}

// prefix returns the path of the working directory below the top, with a slash at the end;
// empty for the top itself.
func (s *snapshot) prefix() string {
	rel, err := filepath.Rel(s.repo.top, s.run.dir)
	if err != nil || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel) + "/"
}

// changed returns the paths, relative to the working directory, that differ from the index
// or are not in it.
func (s *snapshot) changed(ctx context.Context) ([]string, error) {
	list, err := s.run.git(ctx, "ls-files", "-z", "--modified", "--others", "--exclude-standard")
	if errors.Is(err, errTooMuch) {
		return nil, errManyPaths
	}
	if err != nil {
		return nil, err
	}
	paths := splitZero(list)
	if s.repo.head != "" {
		// Files that were committed although they are ignored.
		missing, err := s.run.git(ctx, "diff-index", "--cached", "--relative", "--no-renames", "--diff-filter=D", "--name-only", "-z", s.repo.head)
		if err != nil {
			return nil, err
		}
		paths = append(paths, splitZero(missing)...)
	}
	paths = slices.DeleteFunc(paths, s.own.has)
	slices.Sort(paths)
	if paths = slices.Compact(paths); len(paths) > s.limits.paths {
		return nil, errManyPaths
	}
	return paths, nil
}

// splitZero splits a list whose items end with a zero byte.
func splitZero(list []byte) []string {
	if len(list) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(list), "\x00"), "\x00")
}

// update puts files into the index, and removes those that no longer exist. A submodule is
// put in as the commit that it is at.
func (s *snapshot) update(ctx context.Context, paths []string) error {
	var files, modules bytes.Buffer
	for _, path := range paths {
		path = strings.TrimSuffix(path, "/") // of a repository in the repository
		info, err := os.Lstat(filepath.Join(s.run.dir, path))
		switch {
		case err != nil:
			files.WriteString(path + "\x00") // removes it
		case info.IsDir():
			if head := moduleHead(filepath.Join(s.run.dir, path)); len(head) == len(s.repo.head) || s.repo.head == "" && len(head) == 40 {
				fmt.Fprintf(&modules, "160000 %s\t%s%s\x00", head, s.prefix(), path)
			}
		case s.takes(path, info):
			files.WriteString(path + "\x00")
		}
	}
	for _, step := range []struct {
		input *bytes.Buffer
		args  []string
	}{
		{&files, []string{"update-index", "-z", "--add", "--remove", "--replace", "--stdin"}},
		{&modules, []string{"update-index", "-z", "--add", "--replace", "--index-info"}},
	} {
		if step.input.Len() == 0 {
			continue
		}
		r := s.run
		r.stdin = step.input.Bytes()
		if _, err := r.git(ctx, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// moduleHead returns the commit that a repository in the repository is at; empty if there
// is none.
func moduleHead(dir string) string {
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err != nil {
		return ""
	}
	r, err := findRepo(dir)
	if err != nil {
		return ""
	}
	return r.head
}

// takes reports whether a file is read, and notes why it is not.
func (s *snapshot) takes(path string, info fs.FileInfo) bool {
	reason := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return true
	case !info.Mode().IsRegular():
		return false // git has no devices, pipes and sockets either
	case info.Size() > s.limits.file:
		reason = fmt.Sprintf("larger than %d MiB", s.limits.file>>20)
	case s.size+info.Size() > s.limits.bytes:
		reason = fmt.Sprintf("the changed files have more than %d MiB together", s.limits.bytes>>20)
	case !mayRead(filepath.Join(s.run.dir, path)):
		reason = "the server may not read it"
	default:
		s.size += info.Size()
		return true
	}
	if len(s.found.Unread) < maxUnread {
		s.found.Unread = append(s.found.Unread, unread{path, info.Size(), reason})
	} else {
		s.found.More++
	}
	return false
}
