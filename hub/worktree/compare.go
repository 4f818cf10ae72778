package worktree

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/protocol"
)

// Bounds of an answer.
const (
	maxFiles      = 500      // files that are listed
	maxRaw        = 16 << 20 // bytes of git's list of changed files
	maxPatches    = 4 << 20  // bytes of git's patches
	maxListPatch  = 64 << 10 // bytes of the patch of one file in a list
	maxListBytes  = 1 << 20  // bytes of all patches in a list
	maxWholePatch = 1 << 20  // bytes of the patch of a file that is read alone
)

const errManyFiles = reasonError("Too many files have changed to list them.")

// diffArgs are arguments of every comparison.
var diffArgs = []string{
	"diff-tree", "-r", "-M", "--relative", "--no-color", "--no-ext-diff", "--no-textconv",
	"--ignore-submodules=none", "--submodule=short", "--full-index", "--no-commit-id",
}

// change is a file that differs between two trees, with its names as they are stored.
type change struct {
	path, old        string // old only if the file was renamed
	status           byte
	oldMode, newMode string
	oldID, newID     string
	added, deleted   int
	binary           bool
	patch            []byte // without its header; nil if it is not known
	left             int    // bytes of the patch that are left out; -1 if it is not known
}

// compare returns the files that differ between two trees or commits.
func compare(ctx context.Context, r run, from, to string) ([]change, error) {
	r.limit = maxRaw
	out, err := r.git(ctx, append(append([]string{}, diffArgs...), "--raw", "--numstat", "-z", from, to)...)
	if errors.Is(err, errTooMuch) {
		return nil, errManyFiles
	}
	if err != nil {
		return nil, err
	}
	return parseRaw(splitZero(out))
}

var errFormat = errors.New("git's list of changed files has an unknown format")

// parseRaw parses the output of --raw --numstat -z: the changes, and then their numbers of
// lines in the same order.
func parseRaw(fields []string) (all []change, err error) {
	next := func() string {
		if len(fields) == 0 {
			err = errFormat
			return ""
		}
		f := fields[0]
		fields = fields[1:]
		return f
	}
	for len(fields) > 0 && strings.HasPrefix(fields[0], ":") {
		words := strings.Fields(next()[1:])
		if len(words) != 5 {
			return nil, errFormat
		}
		c := change{oldMode: words[0], newMode: words[1], oldID: words[2], newID: words[3], status: words[4][0], path: next()}
		if c.status == 'R' || c.status == 'C' {
			c.old, c.path = c.path, next()
		}
		all = append(all, c)
	}
	for i := range all {
		words := strings.SplitN(next(), "\t", 3)
		if len(words) != 3 {
			return nil, errFormat
		}
		if words[2] == "" { // a renaming: the names follow
			next()
			next()
		}
		c := &all[i]
		c.binary = words[0] == "-"
		c.added, _ = strconv.Atoi(words[0])
		c.deleted, _ = strconv.Atoi(words[1])
	}
	return all, err
}

// readPatches reads the patches of changes, as far as they fit. With alone, it reads only
// those of the file with that path.
func readPatches(ctx context.Context, r run, from, to string, all []change, alone *change) error {
	r.limit = maxPatches
	args := append(append([]string{}, diffArgs...), "--patch", "--unified=3", "--src-prefix=a/", "--dst-prefix=b/", from, to)
	if alone != nil {
		args = append(args, "--", alone.path)
		if alone.old != "" {
			args = append(args, alone.old)
		}
	}
	out, err := r.git(ctx, args...)
	if err != nil && !errors.Is(err, errTooMuch) {
		return err
	}
	complete := err == nil
	sections := splitSections(out)
	for i := range all {
		c := &all[i]
		if alone != nil && c.path != alone.path {
			continue
		}
		count := 1
		if c.status == 'T' {
			count = 2 // the old file is removed, and the new one added
		}
		if len(sections) < count || len(sections) == count && !complete {
			c.left = -1
			sections = nil
			continue
		}
		for _, section := range sections[:count] {
			c.patch = append(c.patch, hunks(section)...)
		}
		sections = sections[count:]
	}
	return nil
}

// splitSections splits a patch of several files at the lines that begin with "diff --git",
// as no line of a hunk can.
func splitSections(patch []byte) (sections [][]byte) {
	const begin = "diff --git "
	for len(patch) > 0 {
		end := bytes.Index(patch, []byte("\n"+begin))
		if end < 0 {
			return append(sections, patch)
		}
		sections = append(sections, patch[:end+1])
		patch = patch[end+1:]
	}
	return sections
}

// hunks returns a patch without its header.
func hunks(section []byte) []byte {
	if bytes.HasPrefix(section, []byte("@@ ")) {
		return section
	}
	if at := bytes.Index(section, []byte("\n@@ ")); at >= 0 {
		return section[at+1:]
	}
	return nil
}

// version identifies a change: the contents and modes before and after it. A review of one
// change says nothing about another change that has the same result.
func (c change) version() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s %s %q %q", c.oldMode, c.oldID, c.newMode, c.newID, c.old, c.path))
	return hex.EncodeToString(sum[:16])
}

var statuses = map[byte]string{'A': "added", 'D': "deleted", 'R': "renamed", 'C': "added", 'T': "type_changed"}

// file returns the change in the form that clients receive, with at most limit bytes of
// its patch.
func (c change) file(limit int) protocol.ChangedFile {
	f := protocol.ChangedFile{
		Path: shownName(c.path), OldPath: shownName(c.old), Quoted: !utf8.ValidString(c.path),
		Status: "modified", Binary: c.binary, Version: c.version(), Additions: c.added, Deletions: c.deleted, Left: c.left,
	}
	if s, ok := statuses[c.status]; ok {
		f.Status = s
	}
	mode := c.newMode
	if c.status == 'D' {
		mode = c.oldMode
	}
	switch mode {
	case "120000":
		f.Kind = "symlink"
	case "160000":
		f.Kind = "submodule"
	}
	if c.oldMode != c.newMode && c.status != 'A' && c.status != 'D' {
		f.Mode = c.oldMode + " " + c.newMode
	}
	patch := c.patch
	if len(patch) > limit {
		// Whole lines only, so that the rest is a valid patch.
		patch = patch[:bytes.LastIndexByte(patch[:limit], '\n')+1]
		f.Left = len(c.patch) - len(patch)
	}
	f.Patch = strings.ToValidUTF8(string(patch), "\ufffd")
	return f
}

// shownName returns the name of a file as UTF-8. A name that is not UTF-8 is quoted as git
// quotes it.
func shownName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var out strings.Builder
	out.WriteByte('"')
	for _, b := range []byte(name) {
		switch {
		case b == '"' || b == '\\':
			out.WriteString(`\` + string(rune(b)))
		case b < ' ' || b >= 0x7f:
			fmt.Fprintf(&out, `\%03o`, b)
		default:
			out.WriteByte(b)
		}
	}
	return out.String() + `"`
}
