package directories

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// tree makes directories below a new one, and returns its path.
func tree(t *testing.T, dirs ...string) (base string) {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, dir := range dirs {
		require.NoError(t, os.MkdirAll(filepath.Join(base, dir), 0o700))
	}
	return base
}

// list lists directories, and returns their paths relative to base.
func list(t *testing.T, l *Lister, base string, q Query) []string {
	t.Helper()
	answer, err := l.List(t.Context(), q)
	require.NoError(t, err)
	require.False(t, answer.More)
	return relative(t, base, answer)
}

func relative(t *testing.T, base string, answer protocol.DirectoriesAnswer) []string {
	t.Helper()
	paths := []string{}
	for _, dir := range answer.Directories {
		rel, err := filepath.Rel(base, dir)
		require.NoError(t, err)
		paths = append(paths, rel)
	}
	return paths
}

func TestList_completes_a_path(t *testing.T) {
	base := tree(t, "own/web/ui", "own/Website", "own/my-web", "own/docs")
	require.NoError(t, os.WriteFile(filepath.Join(base, "own/web.txt"), nil, 0o600))
	own := filepath.Join(base, "own")
	for text, want := range map[string][]string{
		"":                    {"own", "own/docs", "own/my-web", "own/web", "own/Website"},
		"web":                 {"own/web", "own/Website", "own/my-web", "own/web/ui"},
		"web/":                {"own/web/ui"},
		"web/u":               {"own/web/ui"},
		own:                   {"own", "own/docs", "own/my-web", "own/web", "own/Website"},
		own + "/WEBS":         {"own/Website"},
		own + "/web/../do":    {"own/docs"},
		base:                  {"own"},
		"/":                   {"own"},
		"none/at/all":         {},
		own + "/web.txt":      {},
		own + "/web.txt/":     {},
		"..":                  {},
		"../":                 {},
		own + "/../":          {},
		own + "/../../../etc": {},
	} {
		q := Query{Own: own, Roots: []string{own}, Text: text}
		require.Equal(t, want, list(t, NewLister(nil), base, q), "%q", text)
	}
}

func TestList_never_leaves_the_roots(t *testing.T) {
	base := tree(t, "own/in", "allowed/a", "allowed/b", "allowed-not/secret", "secret/s")
	for link, target := range map[string]string{
		"allowed/out": "secret", "allowed/to-b": "allowed/b", "allowed/broken": "none", "allowed/loop": "allowed/loop", "way": "allowed",
	} {
		require.NoError(t, os.Symlink(filepath.Join(base, target), filepath.Join(base, link)))
	}
	roots := []string{filepath.Join(base, "allowed")}
	for text, want := range map[string][]string{
		"":                    {"own", "allowed"},
		base + "/":            {"own", "allowed"},
		base + "/a":           {"allowed"},
		base + "/allowed/":    {"allowed/a", "allowed/b"},
		base + "/way/":        {"allowed/a", "allowed/b"},
		base + "/allowed/out": {},
		base + "/allowed/to":  {"allowed/b"},
		base + "/secret/":     {},
		base + "/own/":        {},
		"in":                  {},
	} {
		q := Query{Own: filepath.Join(base, "own"), Roots: roots, Text: text}
		require.Equal(t, want, list(t, NewLister(nil), base, q), "%q", text)
	}
}

func TestList_has_hidden_and_ignored_directories_last(t *testing.T) {
	base := tree(t, ".git", "build", "src", "zoo", "a\nb", "a\xffb")
	ignored := func(_ context.Context, dir string, names []string) map[string]bool {
		require.Equal(t, base, dir)
		require.ElementsMatch(t, []string{"build", "src", "zoo"}, names)
		return map[string]bool{"build": true}
	}
	q := Query{Own: base, Roots: []string{base}}
	require.Equal(t, []string{".", "src", "zoo", ".git", "build"}, list(t, NewLister(ignored), base, q))
}

func TestList_is_bounded(t *testing.T) {
	base := tree(t)
	for n := range maxListed + 1 {
		require.NoError(t, os.Mkdir(filepath.Join(base, fmt.Sprintf("d%03d", n)), 0o700))
	}
	answer, err := NewLister(nil).List(t.Context(), Query{Own: base, Roots: []string{base}})
	require.NoError(t, err)
	require.Len(t, answer.Directories, maxListed)
	require.True(t, answer.More)
	require.Equal(t, []string{base}, answer.Roots)
}

func TestList_looks_at_a_bounded_number_of_entries(t *testing.T) {
	base := tree(t, "one", "two", "three")
	s := search{ctx: t.Context(), read: maxRead - 2, roots: []string{base}, ignored: NewLister(nil).ignored, seen: map[string]bool{}}
	s.children(base, "")
	require.Len(t, s.found, 2)
	require.True(t, s.more)
}

func TestList_gives_up_on_a_slow_disk(t *testing.T) {
	base := tree(t, "a")
	hang := make(chan struct{})
	ended := make(chan struct{}, maxLists)
	l := NewLister(func(context.Context, string, []string) map[string]bool {
		<-hang
		ended <- struct{}{}
		return nil
	})
	l.timeout = time.Millisecond
	q := Query{Own: base, Roots: []string{base}}
	for range maxLists {
		_, err := l.List(t.Context(), q)
		require.ErrorIs(t, err, errSlow)
	}
	_, err := l.List(t.Context(), q)
	require.ErrorIs(t, err, errBusy, "each list that hangs holds a slot")
	close(hang)
	for range maxLists {
		<-ended
	}
	l.timeout = time.Minute
	require.Eventually(t, func() bool {
		_, err := l.List(t.Context(), q)
		return err == nil
	}, 30*time.Second, time.Millisecond)
}
