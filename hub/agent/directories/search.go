package directories

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/protocol"
)

// search makes one list.
type search struct {
	// immutable
	ctx     context.Context
	ignored func(ctx context.Context, dir string, names []string) map[string]bool
	roots   []string

	// owned by answer
	read  int             // how many entries were looked at
	more  bool            // whether some were left out
	found []string        // in the order of the answer
	seen  map[string]bool // the paths in found
}

func (s *search) answer(q Query) protocol.DirectoriesAnswer {
	text := q.Text
	if !filepath.IsAbs(text) {
		text = q.Own + string(filepath.Separator) + text
	}
	for _, dir := range append([]string{q.Own}, q.Roots...) {
		if q.Text == "" || isPrefix(text, dir) {
			s.add(dir)
		}
	}
	parent, name := filepath.Split(text)
	s.children(parent, name)
	if name != "" {
		s.children(text, "")
	}
	if len(s.found) > maxListed {
		s.found, s.more = s.found[:maxListed], true
	}
	return protocol.DirectoriesAnswer{Directories: s.found, Roots: append([]string{}, q.Roots...), More: s.more}
}

func (s *search) add(dir string) {
	if !s.seen[dir] {
		s.seen[dir] = true
		s.found = append(s.found, dir)
	}
}

// child is a directory in another one.
type child struct {
	name string
	path string // the name may be that of a symbolic link to it
	late bool   // whether it is listed after the others
}

// children adds the directories in a directory whose names contain a text, without regard to
// case. It adds none if the agent may not work in the directory, or if it cannot be read.
func (s *search) children(dir, text string) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return
	}
	root, ok := s.rootOf(dir)
	if !ok {
		return
	}
	found := s.matching(root, dir, text)
	names := []string{}
	for i := range found {
		if found[i].late = strings.HasPrefix(found[i].name, "."); !found[i].late {
			names = append(names, found[i].name)
		}
	}
	ignored := s.ignored(s.ctx, dir, names)
	for i := range found {
		found[i].late = found[i].late || ignored[found[i].name]
	}
	rank := func(c child) (r int) {
		if c.late {
			r += 2
		}
		if !isPrefix(text, c.name) {
			r++
		}
		return r
	}
	slices.SortFunc(found, func(a, b child) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), cmp.Compare(a.name, b.name))
	})
	for _, c := range found {
		s.add(c.path)
	}
}

// matching returns the directories in a directory inside a root whose names contain a text.
func (s *search) matching(root, dir, text string) (found []child) {
	// The directory may be replaced by a link meanwhile, which an os.Root does not follow
	// out of the root.
	top, err := os.OpenRoot(root)
	if err != nil {
		return nil
	}
	defer top.Close()
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return nil
	}
	opened, err := top.Open(rel)
	if err != nil {
		return nil
	}
	defer opened.Close()
	text = strings.ToLower(text)
	for {
		if s.read >= maxRead || s.ctx.Err() != nil {
			s.more = true
			return found
		}
		entries, err := opened.ReadDir(min(maxRead-s.read, 500))
		s.read += len(entries)
		for _, entry := range entries {
			if !strings.Contains(strings.ToLower(entry.Name()), text) || !isTypeable(entry.Name()) {
				continue
			}
			if path, ok := s.directory(dir, entry); ok {
				found = append(found, child{name: entry.Name(), path: path})
			}
		}
		if err != nil { // usually io.EOF
			return found
		}
	}
}

// directory returns the path of the directory that an entry is or refers to, and whether the
// agent may work there.
func (s *search) directory(dir string, entry fs.DirEntry) (path string, ok bool) {
	path = filepath.Join(dir, entry.Name())
	if entry.IsDir() {
		return path, true
	}
	if entry.Type()&fs.ModeSymlink == 0 {
		return "", false
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", false
	}
	if _, ok := s.rootOf(path); !ok || !isTypeable(path) {
		return "", false
	}
	info, err := os.Stat(path)
	return path, err == nil && info.IsDir()
}

// rootOf returns a root that contains a directory, and whether there is one.
func (s *search) rootOf(dir string) (root string, ok bool) {
	i := slices.IndexFunc(s.roots, func(root string) bool {
		rel, err := filepath.Rel(root, dir)
		return err == nil && filepath.IsLocal(rel)
	})
	if i < 0 {
		return "", false
	}
	return s.roots[i], true
}

// isPrefix reports whether a name begins with a text, without regard to case.
func isPrefix(text, name string) bool {
	return strings.HasPrefix(strings.ToLower(name), strings.ToLower(text))
}

// isTypeable reports whether a path can be sent and typed as a line of text.
func isTypeable(path string) bool {
	return utf8.ValidString(path) && !strings.ContainsFunc(path, unicode.IsControl)
}
