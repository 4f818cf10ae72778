package agent_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// refused is the wanted directory of a request that is refused.
const refused = "refused"

// cwdCase requests a working directory relative to a base directory; dir is the one
// that the agent gets, or refused.
type cwdCase struct{ cwd, dir string }

// testCwd launches an agent for each case, with a profile that configure makes.
func testCwd(t *testing.T, base string, configure func(*setup), cases []cwdCase) {
	for _, c := range cases {
		t.Run("cwd "+c.cwd, func(t *testing.T) {
			t.Parallel()
			s := fake("")
			configure(&s)
			s.profile.Command = []string{"sh", "-c", `pwd >&2; exit 1`}
			s.spec.Cwd = base + "/" + c.cwd
			requireCwd(t, s, filepath.Join(base, c.dir), c.dir == refused)
		})
	}
}

// requireCwd requires that an agent which writes its working directory and exits starts
// in dir, or that the request is refused.
func requireCwd(t *testing.T, s setup, dir string, isRefused bool) {
	_, err := s.try(t)
	if isRefused {
		require.ErrorIs(t, err, rules.ErrCwdNotAllowed)
	} else {
		require.ErrorContains(t, err, "it wrote: "+dir)
	}
}

// makeDirs makes directories in a new base directory, which has no symbolic links.
func makeDirs(t *testing.T, dirs ...string) (base string) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, dir := range dirs {
		require.NoError(t, os.MkdirAll(filepath.Join(base, dir), 0o700))
	}
	return base
}

func symlink(t *testing.T, base, to, name string) {
	require.NoError(t, os.Symlink(filepath.Join(base, to), filepath.Join(base, name)))
}

func TestLaunch_allows_only_directories_of_the_profile(t *testing.T) {
	t.Parallel()
	base := makeDirs(t, "own", "allowed/inside", "allowed-not", "secret")
	symlink(t, base, "secret", "allowed/way-out")
	symlink(t, base, "allowed", "way-in")
	require.NoError(t, os.WriteFile(filepath.Join(base, "allowed", "file"), nil, 0o600))
	configure := func(s *setup) {
		s.profile.Dir = filepath.Join(base, "own")
		s.profile.Dirs = []string{filepath.Join(base, "allowed")}
	}
	testCwd(t, base, configure, []cwdCase{
		{"own", "own"},
		{"allowed", "allowed"},
		{"allowed/inside", "allowed/inside"},
		{"way-in/inside", "allowed/inside"},
		{"allowed/../own", "own"},
		{"allowed/way-out", refused},
		{"allowed/../secret", refused},
		{"allowed-not", refused},
		{"secret", refused},
		{"allowed/missing", refused},
		{"allowed/file", refused},
		{".", refused},
		{"own/../allowed/../.", refused},
	})
}

func TestLaunch_allows_only_directories_inside_the_profiles_own_by_default(t *testing.T) {
	t.Parallel()
	base := makeDirs(t, "own/inside/deep", "own-not", "secret")
	symlink(t, base, "secret", "own/way-out")
	symlink(t, base, "own/inside", "way-in")
	configure := func(s *setup) { s.profile.Dir = filepath.Join(base, "own") }
	testCwd(t, base, configure, []cwdCase{
		{"own", "own"},
		{"own/inside", "own/inside"},
		{"own/inside/deep", "own/inside/deep"},
		{"own/inside/..", "own"},
		{"way-in", "own/inside"},
		{"own/way-out", refused},
		{"own/inside/../..", refused},
		{"own/way-out/../own", refused},
		{"own-not", refused},
		{"secret", refused},
		{"", refused},
	})
}

func TestLaunch_starts_in_the_profiles_own_directory_by_default(t *testing.T) {
	t.Parallel()
	base := makeDirs(t, "own")
	s := fake("")
	s.profile.Dir = filepath.Join(base, "own")
	s.profile.Command = []string{"sh", "-c", `pwd >&2; exit 1`}
	requireCwd(t, s, s.profile.Dir, false)
}

func TestLaunch_refuses_a_relative_directory(t *testing.T) {
	t.Parallel()
	s := fake("")
	s.spec.Cwd = "relative"
	requireCwd(t, s, "", true)
}
