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

	"parley/hub/agent"
	"parley/hub/agent/profile"
	"parley/hub/agent/wire"
	"parley/hub/rules"
)

func TestLaunch_passes_on_notifications_before_the_agent_is_ready(t *testing.T) {
	t.Parallel()
	r := fake("").launch(t)
	require.Equal(t, "fake-1", r.SessionID())
	require.False(t, r.CanLoad())
	for _, want := range []string{"before everything", "before the answer", "after the answer"} {
		require.Equal(t, r.note(want), string(r.next().(rules.AgentNotification).Raw))
	}
}

// startFailures are changes that keep an agent from being ready, and the errors of
// Launch.
var startFailures = []struct {
	name   string
	change func(*setup)
	want   string
}{
	{"a command that does not exist", func(s *setup) { s.profile.Command = []string{"no-such-agent", "--acp"} },
		`agent "fake": command "no-such-agent" was not found`},
	{"a command that is not executable", func(s *setup) { s.profile.Command = []string{filepath.Join("testdata", "sdk", "package.json")} },
		`agent "fake": command "testdata/sdk/package.json" is not executable`},
	{"an agent that exits at once", func(s *setup) { *s = fake("exits at once") },
		`agent "fake": exited with status 3 before it was ready; it wrote: no key: set KESTREL_KEY`},
	{"an agent that is silent", func(s *setup) {
		*s = fake("is silent")
		s.options.StartTimeout = 50 * time.Millisecond
	}, `agent "fake": was not ready within 50ms: it did not answer initialize`},
	{"an agent that is still being downloaded", func(s *setup) {
		s.profile.Command = []string{"sh", "-c", `echo "fetching kestrel, token=hunter2" >&2; exec sleep 60`}
		s.profile.StartTimeout = 3 * time.Second
	}, `agent "fake": was not ready within 3s: it did not answer initialize; it wrote: fetching kestrel, token=[redacted]`},
	{"an agent of another version", func(s *setup) { *s = fake("speaks version 3") },
		`agent "fake": speaks version 3 of the Agent Client Protocol; Parley speaks the versions 1 and 2`},
	{"an agent whose version is a string", func(s *setup) { *s = fake(`speaks version "next"`) },
		`agent "fake": speaks version "next" of the Agent Client Protocol; Parley speaks the versions 1 and 2`},
	{"an agent that requires signing in", func(s *setup) { *s = fake("requires signing in") },
		`agent "fake": is not signed in: session/new failed: Authentication required` + "\n" +
			`Sign in to it as the user that runs Parley, then try again. ` +
			`The agent offers: Log in with Kestrel (Run kestrel login first); API key`},
	{"an agent that refuses a session", func(s *setup) { *s = fake("has no model") },
		`agent "fake": session/new failed: Internal error: model foo-1 does not exist; it wrote: looking for foo-1`},
	{"an unknown profile", func(s *setup) { s.spec.Profile = "other" }, `agent "other": no such agent`},
}

func TestLaunch_says_why_an_agent_is_not_ready(t *testing.T) {
	t.Parallel()
	for _, test := range startFailures {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := fake("")
			test.change(&s)
			r, err := s.try(t)
			require.EqualError(t, err, test.want)
			for len(r.events) > 0 {
				_, exited := r.next().(rules.AgentExited)
				require.False(t, exited, "there is no exit without a launch")
			}
		})
	}
}

func TestLaunch_fails_if_the_agent_keeps_writing_stray_output(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"writes lines of text", "writes empty lines", "writes a line without end"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := fake(how)
			s.options.MaxLine = 2 << 20
			_, err := s.try(t)
			require.ErrorContains(t, err, "KiB to its standard output that are not messages of the Agent Client Protocol")
		})
	}
}

func TestTurn_may_have_any_amount_of_stray_output(t *testing.T) {
	t.Parallel()
	r := fake("").launch(t)
	_, end := r.turn("babble 30")
	require.NoError(t, end.Err)
}

func TestLaunch_errors_wrap_the_kind_of_failure(t *testing.T) {
	t.Parallel()
	s := fake("requires signing in")
	_, err := s.try(t)
	var answer *wire.Error
	require.ErrorAs(t, err, &answer)
	require.Equal(t, -32000, answer.Code)
	require.ErrorIs(t, err, rules.ErrAuthRequired)
	require.NotErrorIs(t, err, rules.ErrAgentFailed)

	for _, how := range []string{"speaks version 3", "exits at once", "has no model"} {
		_, err = fake(how).try(t)
		require.ErrorIs(t, err, rules.ErrAgentFailed, how)
	}

	s = fake("is silent")
	s.options.StartTimeout = time.Millisecond
	_, err = s.try(t)
	require.NotErrorIs(t, err, rules.ErrAgentFailed, "the agent may be ready in time at the next attempt")

	s = fake("exits while loading")
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

func TestLaunch_reports_faults_of_the_configuration(t *testing.T) {
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

	t.Run("a directory that is removed while the server runs", func(t *testing.T) {
		s := fake("")
		s.profile.Dir = filepath.Join(base, "project")
		require.NoError(t, os.Mkdir(s.profile.Dir, 0o700))
		launcher, err := agent.NewLauncher([]profile.Profile{s.profile}, zaptest.NewLogger(t), s.options)
		require.NoError(t, err)
		require.NoError(t, os.Remove(s.profile.Dir))
		_, err = launcher.Launch(t.Context(), s.spec, func(rules.AgentEvent) {})
		require.ErrorIs(t, err, rules.ErrNoDir)
		require.EqualError(t, err, fmt.Sprintf(`agent "fake": working directory %q: does not exist`, s.profile.Dir))
	})
}

func TestLaunch_returns_when_its_context_ends(t *testing.T) {
	t.Parallel()
	s := fake("is silent")
	launcher, err := agent.NewLauncher([]profile.Profile{s.profile}, zaptest.NewLogger(t), s.options)
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

func TestLaunch_hides_the_servers_own_variables_from_agents(t *testing.T) {
	t.Setenv("PARLEY_API_KEY_FILE", "/secret")
	t.Setenv("HIVE", "from the server")
	s := fake("")
	s.profile.Env = map[string]string{"BEES": "many", "HOME": "/tmp"}
	s.profile.Command = []string{"sh", "-c", `echo "<$PARLEY_API_KEY_FILE> $HIVE, $BEES, $HOME" >&2; exit 1`}
	_, err := s.try(t)
	require.ErrorContains(t, err, "it wrote: <> from the server, many, /tmp")
}
