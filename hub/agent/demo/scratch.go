package demo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// maxScratch is the number of scratch directories that are kept beside each other.
const maxScratch = 256

// PrepareScratch makes a directory a scratch directory, unless it is one: a small project
// in a git repository without a commit, so that people can look at what the agent changes.
// It returns the directory without symbolic links. The oldest of more than 256 directories
// beside it are removed.
func PrepareScratch(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	dropOldest(filepath.Dir(dir))
	if _, err := os.Stat(filepath.Join(dir, ".git", "HEAD")); err == nil {
		return dir, nil
	}
	var errs []error
	for _, sub := range []string{".git/objects", ".git/refs/heads", "basket"} {
		errs = append(errs, os.MkdirAll(filepath.Join(dir, sub), 0o700))
	}
	for name, content := range map[string]string{
		"README.md":       "# Shop\n\nAn invented project, in which the demo agent works.\n",
		"basket/total.go": totalBefore,
		"basket/item.go":  itemBefore,
	} {
		errs = append(errs, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	errs = append(errs, os.WriteFile(filepath.Join(dir, ".git", "HEAD"), []byte("ref: refs/heads/main\n"), 0o600))
	return dir, errors.Join(errs...)
}

// dropOldest removes the oldest directories if there are too many.
func dropOldest(parent string) {
	entries, _ := os.ReadDir(parent) // without a list nothing is removed
	if len(entries) <= maxScratch {
		return
	}
	changed := func(e fs.DirEntry) int64 {
		info, err := e.Info()
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return int(max(-1, min(1, changed(a)-changed(b)))) })
	for _, e := range entries[:len(entries)-maxScratch] {
		_ = os.RemoveAll(filepath.Join(parent, e.Name()))
	}
}

// write makes an edit in the scratch directory. Elsewhere the agent changes no file.
func (t *turn) write(c change) {
	dir := t.server.scratch
	if dir == "" || t.session.cwd != dir || t.err != nil {
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return
	}
	defer root.Close()
	_ = root.MkdirAll(filepath.Dir(filepath.FromSlash(c.name)), 0o700)
	_ = root.WriteFile(filepath.FromSlash(c.name), []byte(c.new), 0o600) // the scene goes on without
}
