package profile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parley/hub/rules"
)

// WorkingDir checks a requested working directory and returns it without symbolic
// links, so that the checked directory is the one in use. It returns
// rules.ErrCwdNotAllowed both for a forbidden directory and for a missing one, so that
// clients cannot explore the disk.
func (p Profile) WorkingDir(requested string) (string, error) {
	own, err := p.ownDir()
	if err != nil {
		return "", err
	}
	if requested == "" {
		return own, nil
	}
	if !filepath.IsAbs(requested) {
		return "", rules.ErrCwdNotAllowed
	}
	dir, err := resolveDir(requested)
	if err != nil {
		return "", rules.ErrCwdNotAllowed
	}
	if dir == own {
		return dir, nil
	}
	if slices.ContainsFunc(p.roots(own), func(root string) bool { return isInside(root, dir) }) {
		return dir, nil
	}
	return "", rules.ErrCwdNotAllowed
}

// WorkingDirs returns the profile's own working directory, and the directories inside which
// clients may choose another, without symbolic links. The error wraps rules.ErrNoDir.
func (p Profile) WorkingDirs() (own string, roots []string, err error) {
	if own, err = p.ownDir(); err != nil {
		return "", nil, err
	}
	return own, p.roots(own), nil
}

// roots returns the directories inside which clients may choose a working directory. It
// leaves out those that do not exist.
func (p Profile) roots(own string) (roots []string) {
	if len(p.Dirs) == 0 {
		return []string{own}
	}
	for _, allowed := range p.Dirs {
		if root, err := resolveDir(allowed); err == nil && !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	return roots
}

// ownDir returns the profile's own working directory without symbolic links. Its error
// wraps rules.ErrNoDir.
func (p Profile) ownDir() (string, error) {
	dir, err := resolveDir(p.Dir)
	if err == nil {
		return dir, nil
	}
	return "", &dirError{cmp.Or(p.Dir, "."), reason(err)}
}

// reason returns why a directory cannot be used, without its name.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "does not exist"
	}
	if at, isPath := errors.AsType[*fs.PathError](err); isPath {
		return at.Err.Error()
	}
	return err.Error()
}

// dirError reports that a profile's working directory cannot be used. It wraps
// rules.ErrNoDir.
type dirError struct{ dir, reason string }

func (e *dirError) Error() string { return fmt.Sprintf("working directory %q: %s", e.dir, e.reason) }
func (e *dirError) Unwrap() error { return rules.ErrNoDir }

// resolveDir returns the absolute path of a directory, without symbolic links.
func resolveDir(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	resolved, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(resolved)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", errors.New("it is not a directory")
	}
	return resolved, nil
}

// isInside reports whether dir is root or a directory below it.
func isInside(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
