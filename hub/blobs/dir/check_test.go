package dir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/blobs"
	"parley/hub/journal"
)

// checked is a store with files that a Checker checks.
type checked struct {
	t     *testing.T
	store *Store
	named map[string]blobs.File // what the events of the session say
}

func newChecked(t *testing.T) *checked {
	c := &checked{t, openStore(t, t.TempDir(), blobs.DefaultLimits), map[string]blobs.File{}}
	for _, id := range []string{"a", "b", "unnamed"} {
		f, err := c.store.Put(t.Context(), session, blobs.File{ID: id}, strings.NewReader("content of "+id), -1)
		require.NoError(t, err)
		if id != "unnamed" {
			c.named[id] = f
		}
	}
	return c
}

// problems checks the store and returns what is damaged and what is unused.
func (c *checked) problems() (damaged, unused []string) {
	c.t.Helper()
	check := NewChecker(c.store.root, func(p Problem) {
		if p.Unused {
			unused = append(unused, p.String())
		} else {
			damaged = append(damaged, p.String())
		}
	})
	require.NoError(c.t, check.Session(c.t.Context(), session, c.named))
	require.NoError(c.t, check.Others(c.t.Context()))
	require.Len(c.t, damaged, check.Problems)
	return damaged, unused
}

func (c *checked) content(id string) string { return c.store.content(session, c.named[id]) }

func TestChecker_finds_nothing_in_a_sound_store(t *testing.T) {
	c := newChecked(t)
	damaged, unused := c.problems()
	require.Empty(t, damaged)
	require.Empty(t, unused)
}

func TestChecker_names_each_damage(t *testing.T) {
	for want, damage := range map[string]func(c *checked){
		"attachment a: its content is damaged":          func(c *checked) { c.write(c.content("a"), "Content of a") },
		"attachment a: its content has 3 bytes instead": func(c *checked) { c.write(c.content("a"), "con") },
		"attachment a: its content is missing":          func(c *checked) { c.remove(c.content("a")) },
		"attachment a: is missing, although":            func(c *checked) { c.remove(c.description("a")); c.remove(c.content("a")) },
		"attachment a: its description is damaged":      func(c *checked) { c.write(c.description("a"), "{") },
		"attachment unnamed: its description is":        func(c *checked) { c.write(c.description("unnamed"), `{"id":"other","sha256":"../a"}`) },
		"attachment a: is another file than":            func(c *checked) { c.swap("a", "b") },
		"attachment c: is missing, although":            func(c *checked) { c.named["c"] = blobs.File{ID: "c"} },
	} {
		c := newChecked(t)
		damage(c)
		damaged, unused := c.problems()
		require.Len(t, damaged, 1)
		require.Contains(t, damaged[0], "session "+session.String()+": "+want)
		require.Empty(t, unused, want)
	}
}

// The store removes these itself.
func TestChecker_names_what_nothing_needs(t *testing.T) {
	c := newChecked(t)
	_, err := c.store.Put(t.Context(), journal.SessionID{2}, blobs.File{ID: "x"}, strings.NewReader("x"), -1)
	require.NoError(t, err)
	content := filepath.Join(c.store.dir(session), strings.Repeat("0", 64))
	c.write(content, "x")
	damaged, unused := c.problems()
	require.Empty(t, damaged)
	require.Len(t, unused, 1, "a server may be about to describe the new content")
	require.NoError(t, os.Chtimes(content, time.Time{}, time.Now().Add(-2*describeAfter)))
	damaged, unused = c.problems()
	require.Empty(t, damaged)
	require.Len(t, unused, 2)
	require.Contains(t, unused[0], content+" belongs to no file")
	require.Contains(t, unused[1], journal.SessionID{2}.String()+": attachments: the journal has no such session")
}

func TestChecker_of_a_backup_without_files_misses_all_that_events_name(t *testing.T) {
	c := newChecked(t)
	require.NoError(t, os.RemoveAll(c.store.root))
	damaged, _ := c.problems()
	require.Len(t, damaged, 2)
}

func (c *checked) description(id string) string {
	path, _ := c.store.describes(session, id)
	return path
}

func (c *checked) write(path, content string) {
	require.NoError(c.t, os.WriteFile(path, []byte(content), 0o600))
}

func (c *checked) remove(path string) { require.NoError(c.t, os.Remove(path)) }

// swap lets a description refer to the content of another file.
func (c *checked) swap(id, other string) {
	f := c.named[other]
	f.ID = id
	require.NoError(c.t, c.store.describe(session, f))
	c.remove(c.content(id))
}
