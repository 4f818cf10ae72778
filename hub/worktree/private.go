package worktree

import (
	"path/filepath"
	"strings"
)

// private says which files of a working directory are the server's own. They include the
// key of all tokens, so nobody is shown any of them.
type private struct {
	below string // the directory of the server's files below the working directory, with a slash at the end; empty for none
}

const errPrivate = reasonError("The agent's working directory is the server's own data directory.")

// privateIn returns the server's own files in a working directory. data is the server's
// data directory. A working directory in it is an error, except for the demo agent's.
func privateIn(dir, data string) (private, error) {
	data, err := filepath.EvalSymlinks(data)
	if err == nil {
		data, err = filepath.Abs(data)
	}
	if err != nil {
		return private{}, err
	}
	if inside(filepath.Join(data, "demo"), dir) {
		return private{}, nil
	}
	if inside(data, dir) {
		return private{}, errPrivate
	}
	if !inside(dir, data) {
		return private{}, nil
	}
	rel, err := filepath.Rel(dir, data)
	return private{filepath.ToSlash(rel) + "/"}, err
}

// inside reports whether a path is a directory or below it. Both are absolute.
func inside(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// has reports whether a file, relative to the working directory, is the server's own.
func (p private) has(path string) bool {
	return p.below != "" && strings.HasPrefix(path+"/", p.below)
}
