package agent_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub"
	"parley/hub/agent"
	"parley/hub/agent/wire"
	"parley/hub/rules"
)

func TestLaunch_delivers_what_the_agent_says_before_it_is_ready(t *testing.T) {
	t.Parallel()
	r := fake("").launch(t)
	require.Equal(t, "fake-1", r.SessionID())
	require.False(t, r.CanLoad())
	for _, want := range []string{"before everything", "before the answer", "after the answer"} {
		require.Equal(t, r.note(want), string(r.next().(rules.AgentNotification).Raw))
	}
}

func TestLaunch_says_why_an_agent_is_not_ready(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*setup)
		want   string
	}{
		{"a command that is not there", func(s *setup) { s.profile.Command = []string{"no-such-agent", "--acp"} },
			`agent "fake": command "no-such-agent" was not found`},
		{"a command that is no program", func(s *setup) { s.profile.Command = []string{filepath.Join("testdata", "sdk", "package.json")} },
			`agent "fake": command "testdata/sdk/package.json" may not be executed`},
		{"an agent that exits at once", func(s *setup) { *s = fake("exits at once") },
			`agent "fake": exited with status 3 before it was ready; it wrote: no key: set KESTREL_KEY`},
		{"an agent that says nothing", func(s *setup) {
			*s = fake("says nothing")
			s.options.StartTimeout = 50 * time.Millisecond
		}, `agent "fake": did not get ready within 50ms: it has not answered initialize`},
		{"an agent that is still being fetched", func(s *setup) {
			s.profile.Command = []string{"sh", "-c", `echo "fetching kestrel, token=hunter2" >&2; exec sleep 60`}
			s.profile.StartTimeout = 3 * time.Second
		}, `agent "fake": did not get ready within 3s: it has not answered initialize; its last words: fetching kestrel, token=[redacted]`},
		{"an agent of another version", func(s *setup) { *s = fake("speaks version 2") },
			`agent "fake": speaks version 2 of the Agent Client Protocol; Parley speaks version 1`},
		{"an agent of a version that is a word", func(s *setup) { *s = fake(`speaks version "next"`) },
			`agent "fake": speaks version "next" of the Agent Client Protocol; Parley speaks version 1`},
		{"an agent that wants a login", func(s *setup) { *s = fake("wants a login") },
			`agent "fake": is not signed in: answered session/new with: Authentication required (error -32000). ` +
				`Sign in as the user that runs Parley, then start the agent again. ` +
				`The agent's ways to sign in: Log in with Kestrel (Run kestrel login first); API key`},
		{"an agent that refuses a session", func(s *setup) { *s = fake("has no model") },
			`agent "fake": answered session/new with: Internal error: model foo-1 does not exist (error -32603); it wrote: looking for foo-1`},
		{"a profile that is not there", func(s *setup) { s.spec.Profile = "other" }, `agent "other": no such agent`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := fake("")
			test.change(&s)
			r, err := s.try(t)
			require.EqualError(t, err, test.want)
			for len(r.events) > 0 {
				_, exited := r.next().(rules.AgentExited)
				require.False(t, exited, "an agent that was not launched does not exit")
			}
		})
	}
}

func TestLaunch_gives_up_an_agent_that_writes_nonsense_without_end(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"writes nonsense", "writes empty lines", "writes a line without end"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := fake(how)
			s.options.MaxLine = 2 << 20
			_, err := s.try(t)
			require.ErrorContains(t, err, "KiB to its standard output that are no messages of the Agent Client Protocol")
		})
	}
}

func TestLaunch_lets_an_agent_say_what_it_likes_once_it_is_ready(t *testing.T) {
	t.Parallel()
	r := fake("").launch(t)
	_, end := r.turn("babble 30")
	require.NoError(t, end.Err)
}

func TestLaunch_errors_can_be_told_apart(t *testing.T) {
	t.Parallel()
	s := fake("wants a login")
	_, err := s.try(t)
	var answer *wire.Error
	require.ErrorAs(t, err, &answer)
	require.Equal(t, -32000, answer.Code)
	require.ErrorIs(t, err, rules.ErrAuthRequired)
	require.NotErrorIs(t, err, rules.ErrAgentFailed)

	for _, how := range []string{"speaks version 2", "exits at once", "has no model"} {
		_, err = fake(how).try(t)
		require.ErrorIs(t, err, rules.ErrAgentFailed, how)
	}

	s = fake("says nothing")
	s.options.StartTimeout = time.Millisecond
	_, err = s.try(t)
	require.NotErrorIs(t, err, rules.ErrAgentFailed, "it may be ready in time when it is tried again")

	s = fake("dies of loading")
	s.spec.Load = "x"
	_, err = s.try(t)
	require.ErrorIs(t, err, rules.ErrCannotLoad)

	s = fake("")
	s.profile.Command = []string{"no-such-agent"}
	_, err = s.try(t)
	require.ErrorIs(t, err, rules.ErrNoCommand)

	s = fake("")
	s.spec.Profile = "x"
	_, err = s.try(t)
	require.ErrorIs(t, err, rules.ErrNoProfile)
}

func TestLaunch_tells_what_only_the_operator_can_mend(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(base, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o700))
		return path
	}
	for command, want := range map[string]string{
		file("no-program", "\x7fELF and no more"):        "cannot be started: exec format error",
		file("no-interpreter", "#!/no/such/shell\ntrue"): "cannot be started: no such file or directory",
	} {
		s := fake("")
		s.profile.Command = []string{command}
		_, err := s.try(t)
		require.ErrorIs(t, err, rules.ErrNoCommand)
		require.ErrorContains(t, err, want)
	}

	t.Run("a directory that goes while the server runs", func(t *testing.T) {
		s := fake("")
		s.profile.Dir = filepath.Join(base, "project")
		require.NoError(t, os.Mkdir(s.profile.Dir, 0o700))
		launcher, err := agent.NewLauncher([]agent.Profile{s.profile}, zaptest.NewLogger(t), s.options)
		require.NoError(t, err)
		require.NoError(t, os.Remove(s.profile.Dir))
		_, err = launcher.Launch(t.Context(), s.spec, func(rules.AgentEvent) {})
		require.ErrorIs(t, err, rules.ErrNoDir)
		require.EqualError(t, err, fmt.Sprintf(`agent "fake": working directory %q: does not exist`, s.profile.Dir))
	})
}

func TestLaunch_ends_with_its_context(t *testing.T) {
	t.Parallel()
	s := fake("says nothing")
	launcher, err := agent.NewLauncher([]agent.Profile{s.profile}, zaptest.NewLogger(t), s.options)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := launcher.Launch(ctx, s.spec, func(rules.AgentEvent) {})
		failed <- err
	}()
	cancel()
	require.ErrorIs(t, <-failed, context.Canceled)
}

func TestLaunch_allows_directories_of_the_profile_only(t *testing.T) {
	t.Parallel()
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, dir := range []string{"own", "allowed/inside", "allowed-not", "secret"} {
		require.NoError(t, os.MkdirAll(filepath.Join(base, dir), 0o700))
	}
	require.NoError(t, os.Symlink(filepath.Join(base, "secret"), filepath.Join(base, "allowed", "way-out")))
	require.NoError(t, os.Symlink(filepath.Join(base, "allowed"), filepath.Join(base, "way-in")))
	require.NoError(t, os.WriteFile(filepath.Join(base, "allowed", "file"), nil, 0o600))
	for cwd, want := range map[string]string{
		"":                    "own",
		"own":                 "own",
		"allowed":             "allowed",
		"allowed/inside":      "allowed/inside",
		"way-in/inside":       "allowed/inside",
		"allowed/../own":      "own",
		"allowed/way-out":     "refused",
		"allowed/../secret":   "refused",
		"allowed-not":         "refused",
		"secret":              "refused",
		"allowed/not-there":   "refused",
		"allowed/file":        "refused",
		".":                   "refused",
		"own/../allowed/../.": "refused",
	} {
		t.Run("cwd "+cwd, func(t *testing.T) {
			t.Parallel()
			s := fake("")
			s.profile.Dir = filepath.Join(base, "own")
			s.profile.Dirs = []string{filepath.Join(base, "allowed"), filepath.Join(base, "missing")}
			s.profile.Command = []string{"sh", "-c", `pwd >&2; exit 1`}
			if cwd != "" {
				s.spec.Cwd = base + "/" + cwd
			}
			_, err := s.try(t)
			if want == "refused" {
				require.ErrorIs(t, err, rules.ErrCwdNotAllowed)
			} else {
				require.ErrorContains(t, err, "it wrote: "+filepath.Join(base, want))
			}
		})
	}
	s := fake("")
	s.spec.Cwd = "relative"
	_, err = s.try(t)
	require.ErrorIs(t, err, rules.ErrCwdNotAllowed)
}

func TestLaunch_lets_clients_choose_inside_the_agents_directory_unless_told_otherwise(t *testing.T) {
	t.Parallel()
	base, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, dir := range []string{"own/inside/deep", "own-not", "secret"} {
		require.NoError(t, os.MkdirAll(filepath.Join(base, dir), 0o700))
	}
	require.NoError(t, os.Symlink(filepath.Join(base, "secret"), filepath.Join(base, "own", "way-out")))
	require.NoError(t, os.Symlink(filepath.Join(base, "own", "inside"), filepath.Join(base, "way-in")))
	for cwd, want := range map[string]string{
		"own":                "own",
		"own/inside":         "own/inside",
		"own/inside/deep":    "own/inside/deep",
		"own/inside/..":      "own",
		"way-in":             "own/inside",
		"own/way-out":        "refused",
		"own/inside/../..":   "refused",
		"own/way-out/../own": "refused",
		"own-not":            "refused",
		"secret":             "refused",
		"":                   "refused",
	} {
		t.Run("cwd "+cwd, func(t *testing.T) {
			t.Parallel()
			s := fake("")
			s.profile.Dir = filepath.Join(base, "own")
			s.profile.Command = []string{"sh", "-c", `pwd >&2; exit 1`}
			s.spec.Cwd = base + "/" + cwd
			_, err := s.try(t)
			if want == "refused" {
				require.ErrorIs(t, err, rules.ErrCwdNotAllowed)
			} else {
				require.ErrorContains(t, err, "it wrote: "+filepath.Join(base, want))
			}
		})
	}
}

func TestLaunch_keeps_the_servers_own_variables_from_agents(t *testing.T) {
	t.Setenv("PARLEY_API_KEY_FILE", "/secret")
	t.Setenv("HIVE", "from the server")
	s := fake("")
	s.profile.Env = map[string]string{"BEES": "many", "HOME": "/tmp"}
	s.profile.Command = []string{"sh", "-c", `echo "<$PARLEY_API_KEY_FILE> $HIVE, $BEES, $HOME" >&2; exit 1`}
	_, err := s.try(t)
	require.ErrorContains(t, err, "it wrote: <> from the server, many, /tmp")
}

func TestNewLauncher(t *testing.T) {
	t.Parallel()
	log := zaptest.NewLogger(t)
	ok := agent.Profile{Name: "a", Description: "the first", Command: []string{"x"}}
	launcher, err := agent.NewLauncher([]agent.Profile{ok}, log, agent.Options{})
	require.NoError(t, err)
	profiles := launcher.Profiles()
	require.Equal(t, hub.Profile{Name: "a", Description: "the first"}, profiles[0])
	require.Equal(t, "demo", profiles[1].Name)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for want, bad := range map[string][]agent.Profile{
		`agent "a": working directory "/no/such/dir": does not exist`: {{Name: "a", Command: []string{"x"}, Dir: "/no/such/dir"}},
		"it is not a directory": {{Name: "a", Command: []string{"x"}, Dir: file}},
		"configured twice":      {ok, ok},
		"is taken":              {{Name: "demo", Command: []string{"x"}}},
		"no command":            {{Name: "a"}},
		"use letters":           {{Name: "a b", Command: []string{"x"}}},
		"cannot name":           {{Name: "a", Command: []string{"x"}, Env: map[string]string{"A=B": "c"}}},
	} {
		_, err := agent.NewLauncher(bad, log, agent.Options{})
		require.ErrorContains(t, err, want)
	}
}

func TestParseProfile(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		`a=claude-agent`:               {"claude-agent"},
		`a=  npx  -y "my agent" --x=1`: {"npx", "-y", "my agent", "--x=1"},
		`a=x 'it''s' "a\"b\n" c\ d ''`: {"x", "its", `a"b\n`, "c d", ""},
		`a='/opt/my agent/run' '\'`:    {"/opt/my agent/run", `\`},
		"a=x \t\n y\r\n":               {"x", "y"},
		`a=x # $HOME > y | z; ~ *`:     {"x", "#", "$HOME", ">", "y", "|", "z;", "~", "*"},
		"a=x \\\n--flag":               {"x", "--flag"}, // a line that goes on
	} {
		p, err := agent.ParseProfile(in)
		require.NoError(t, err, in)
		require.Equal(t, "a", p.Name)
		require.Equal(t, want, p.Command, in)
	}
	for in, want := range map[string]string{
		`claude`: "want NAME=COMMAND", `a=`: "no command", `a=""`: "no command", `=x`: "use letters",
		`a="x`: "is open", `a='x`: "is open", `a=x \`: "is open", `demo=x`: "is taken",
	} {
		_, err := agent.ParseProfile(in)
		require.ErrorContains(t, err, want, in)
	}
}
