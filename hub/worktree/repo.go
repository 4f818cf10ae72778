package worktree

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// repo is the user's repository, as far as it is read without git.
type repo struct {
	top     string // the top of the working tree, which contains the working directory
	objects string // the object directory
	head    string // the id of the newest commit; empty for none
	branch  string // the current branch; empty if there is none
	exclude []byte // the patterns of the files that the repository ignores by itself
}

// reasonError is an error whose text clients may see.
type reasonError string

func (e reasonError) Error() string { return string(e) }

const (
	errNoRepo  = reasonError("The agent's working directory is not in a git repository.")
	errRefs    = reasonError("The repository stores its branches in a format that cannot be read.")
	errForeign = reasonError("The repository's data is in another directory, which does not refer back to it.")
)

var (
	commitID = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
	refName  = regexp.MustCompile(`^refs/[^\x00-\x20\x7f~^:?*\[\\]+$`)
)

// maxPointer is the size in bytes of the largest file of a repository that is read here,
// except for the list of packed refs.
const maxPointer = 64 << 10

// findRepo returns the repository that contains a directory. Only files of the
// repository's own directory are read; a symbolic link that leads out of it is an error.
func findRepo(dir string) (repo, error) {
	for top := dir; ; top = filepath.Dir(top) {
		info, err := os.Lstat(filepath.Join(top, ".git"))
		switch {
		case err == nil && info.IsDir():
			return readRepo(top, filepath.Join(top, ".git"))
		case err == nil && info.Mode().IsRegular():
			gitDir, err := followGitFile(top)
			if err != nil {
				return repo{}, err
			}
			return readRepo(top, gitDir)
		case err == nil:
			return repo{}, errForeign // a symbolic link
		case filepath.Dir(top) == top:
			return repo{}, errNoRepo
		}
	}
}

// followGitFile returns the directory that the file .git of a linked working tree or a
// submodule names. A file that was made up could name any repository of the machine, so
// the directory must refer back to the working tree, or be in the repository around it.
func followGitFile(top string) (string, error) {
	content, err := readFile(top, ".git", maxPointer)
	if err != nil {
		return "", errNoRepo
	}
	target, ok := strings.CutPrefix(strings.TrimSpace(string(content)), "gitdir: ")
	if !ok {
		return "", errNoRepo
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(top, target)
	}
	target = filepath.Clean(target)
	back, err := readFile(target, "gitdir", maxPointer)
	if err == nil && filepath.Clean(strings.TrimSpace(string(back))) == filepath.Join(top, ".git") {
		return target, nil
	}
	for parent := filepath.Dir(top); ; parent = filepath.Dir(parent) {
		modules := filepath.Join(parent, ".git", "modules") + string(filepath.Separator)
		if strings.HasPrefix(target, modules) {
			return target, nil
		}
		if filepath.Dir(parent) == parent {
			return "", errForeign
		}
	}
}

// readRepo reads a repository whose working tree begins at top.
func readRepo(top, gitDir string) (r repo, err error) {
	r.top = top
	common := gitDir
	if content, err := readFile(gitDir, "commondir", maxPointer); err == nil {
		if common = strings.TrimSpace(string(content)); !filepath.IsAbs(common) {
			common = filepath.Join(gitDir, common)
		}
		if !strings.HasPrefix(gitDir+string(filepath.Separator), filepath.Clean(common)+string(filepath.Separator)) {
			return r, errForeign
		}
	}
	r.objects = filepath.Join(common, "objects")
	if info, err := os.Lstat(r.objects); err != nil || !info.IsDir() {
		return r, errNoRepo
	}
	r.exclude, _ = readFile(common, "info/exclude", maxPointer)
	head, err := readFile(gitDir, "HEAD", maxPointer)
	if err != nil {
		return r, errNoRepo
	}
	value := strings.TrimSpace(string(head))
	ref, symbolic := strings.CutPrefix(value, "ref: ")
	if symbolic {
		r.branch = strings.TrimPrefix(ref, "refs/heads/")
		value, err = resolveRef(gitDir, common, ref)
	}
	if err != nil || value != "" && !commitID.MatchString(value) {
		return r, errRefs
	}
	r.head = value
	return r, nil
}

// resolveRef returns the id that a ref has; empty for none.
func resolveRef(gitDir, common, ref string) (string, error) {
	if !refName.MatchString(ref) || strings.Contains(ref, "..") || ref == "refs/heads/.invalid" {
		return "", errRefs
	}
	for _, dir := range []string{gitDir, common} {
		if content, err := readFile(dir, ref, maxPointer); err == nil {
			return strings.TrimSpace(string(content)), nil
		} else if !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	packed, err := readFile(common, "packed-refs", 16<<20)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(packed)) {
		if id, name, _ := strings.Cut(strings.TrimSpace(line), " "); name == ref {
			return id, nil
		}
	}
	return "", nil
}

// readFile reads a regular file below a directory, without leaving the directory by a
// symbolic link. A file of more than limit bytes is an error.
func readFile(dir, name string, limit int64) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, errRefs
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(content)) > limit {
		return nil, errRefs
	}
	return content, err
}
