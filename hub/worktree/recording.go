package worktree

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// recording is what is stored of one session. Its directory has the file state.json, the
// session's repository, and the index of the newest recorded tree. The directory "now" has
// the index and the objects of the newest read, which are not kept.
type recording struct {
	base  string // the directory
	state state
}

// state is the content of state.json.
type state struct {
	Dir      string      // the working directory
	Baseline *treeAt     // the tree at the beginning of the session
	Turns    []turnTrees // the newest maxTurns
	Now      *treeAt     // the newest read
	Full     bool        // no more turns are recorded, since maxStored is exceeded
}

// treeAt is a tree and when it was written.
type treeAt struct {
	Tree   string
	At     time.Time
	Head   string   // the id of the newest commit then; empty for none
	Unread []unread // files that are not in the tree; at most maxUnread
	More   int      // how many further ones are not
}

// turnTrees are the trees before and after a turn.
type turnTrees struct {
	Approval      string
	Before, After string
	At            time.Time // when the turn had ended
}

// unread is a file that is not in a tree.
type unread struct {
	Path   string
	Size   int64
	Reason string
}

// openRecording reads a session's recording, or begins one. Another working directory than
// before begins a new one. The content of a damaged state.json is discarded.
func openRecording(base, dir string) (*recording, error) {
	r := &recording{base: base}
	content, err := os.ReadFile(r.path("state.json"))
	if err == nil && json.Unmarshal(content, &r.state) == nil && r.state.Dir == dir {
		return r, nil
	}
	if err := os.RemoveAll(base); err != nil {
		return nil, err
	}
	r.state = state{Dir: dir}
	return r, os.MkdirAll(base, 0o700)
}

func (r *recording) path(name string) string { return filepath.Join(r.base, name) }

// save replaces state.json.
func (r *recording) save() error {
	content, err := json.Marshal(r.state)
	if err != nil {
		return err
	}
	fresh := r.path("state.json.new")
	if err := os.WriteFile(fresh, content, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, r.path("state.json"))
}

// attributes switch off everything that .gitattributes can ask for, since the file
// info/attributes has the last word.
const attributes = "* -filter -text !eol -ident !working-tree-encoding !diff !merge !export-subst !whitespace\n"

// prepare creates the session's repository, or makes it refer to the user's again.
func (r *recording) prepare(u repo) error {
	git := r.path("git")
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
	if len(u.head) == 64 {
		config = "[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = sha256\n"
	}
	var errs []error
	for _, dir := range []string{"objects/info", "refs", "info"} {
		errs = append(errs, os.MkdirAll(filepath.Join(git, dir), 0o700))
	}
	for name, content := range map[string]string{
		"HEAD":                    "ref: refs/heads/none\n",
		"config":                  config,
		"objects/info/alternates": quoteAlternate(u.objects) + "\n",
		"info/attributes":         attributes,
		"info/exclude":            string(u.exclude),
	} {
		errs = append(errs, os.WriteFile(filepath.Join(git, name), []byte(content), 0o600))
	}
	return errors.Join(errs...)
}

// size returns the size of the recording in bytes.
func (r *recording) size() (total int64) {
	_ = filepath.WalkDir(r.base, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if info, err := entry.Info(); err == nil {
				total += info.Size()
			}
		}
		return nil
	})
	return total
}
