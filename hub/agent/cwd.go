package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"parley/hub/rules"
)

// workingDir checks the working directory that was asked for and returns it
// without symbolic links, so that what was checked is what is used. A directory
// that is missing and one that is not allowed are told apart only where it is
// allowed to ask, so that clients cannot explore the disk.
func (p Profile) workingDir(asked string) (string, error) {
	own, err := p.ownDir()
	if err != nil {
		return "", err
	}
	if asked == "" {
		return own, nil
	}
	if !filepath.IsAbs(asked) {
		return "", rules.ErrCwdNotAllowed
	}
	dir, err := resolve(asked)
	if err != nil {
		return "", rules.ErrCwdNotAllowed
	}
	if dir == own {
		return dir, nil
	}
	roots := p.Dirs
	if len(roots) == 0 {
		roots = []string{own}
	}
	for _, allowed := range roots {
		root, err := resolve(allowed)
		if err == nil && inside(root, dir) {
			return dir, nil
		}
	}
	return "", rules.ErrCwdNotAllowed
}

// ownDir returns the profile's own working directory without symbolic links. The
// error is a rules.ErrNoDir.
func (p Profile) ownDir() (string, error) {
	dir, err := resolve(p.Dir)
	if err == nil {
		return dir, nil
	}
	named := p.Dir
	if named == "" {
		named = "."
	}
	why := err.Error()
	if at, isPath := errors.AsType[*fs.PathError](err); isPath {
		why = at.Err.Error()
	}
	if errors.Is(err, fs.ErrNotExist) {
		why = "does not exist"
	}
	return "", &dirError{named, why}
}

// dirError says why a profile's working directory cannot be used. It is a
// rules.ErrNoDir.
type dirError struct{ dir, why string }

func (e *dirError) Error() string { return fmt.Sprintf("working directory %q: %s", e.dir, e.why) }
func (e *dirError) Unwrap() error { return rules.ErrNoDir }

// resolve returns the absolute path of a directory, without symbolic links.
func resolve(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", errors.New("it is not a directory")
	}
	return real, nil
}

func inside(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
