package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/cli"
	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_refuses_a_damaged_log_and_starts_with_the_part_that_can_be_kept(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	var said []string
	for _, text := range []string{"one", "two", "three", "four"} {
		said = append(said, postMessage(t, session, text))
	}
	s.Kill()
	log := filepath.Join(s.Data, "journal.db-wal")
	content, err := os.ReadFile(log)
	require.NoError(t, err)
	content[len(content)/2] ^= 0x04
	require.NoError(t, os.WriteFile(log, content, 0o600))

	refused := e2e.StartParley(t, "serve", "--data", s.Data, "--listen", s.Address)
	require.Equal(t, cli.ExitError, refused.ExitCode(t))
	require.Contains(t, refused.Stderr.String(), "is damaged at byte")
	require.Contains(t, refused.Stderr.String(), "run: parley verify --salvage "+s.Data)
	verify := e2e.StartParley(t, "verify", s.Data)
	require.Equal(t, cli.ExitError, verify.ExitCode(t))
	require.Contains(t, verify.Stdout.String(), "is damaged at byte")

	plan := e2e.StartParley(t, "verify", "--salvage", s.Data)
	require.Zero(t, plan.ExitCode(t), plan.Stderr)
	require.Contains(t, plan.Stdout.String(), "would be dropped: nothing that is known\n")
	choice := regexp.MustCompile(`--salvage (\S+)`).FindStringSubmatch(plan.Stdout.String())
	require.NotNil(t, choice)
	again := e2e.StartServer(t, s.Data, "--salvage", choice[1])
	session.API = again.API
	require.Equal(t, said, messageTexts(session.Messages(t)))
	postMessage(t, session, "five")
	again.Stop(t)
	verify = e2e.StartParley(t, "verify", s.Data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
	_, log, _ = strings.Cut(choice[1], "-")
	require.FileExists(t, filepath.Join(s.Data, "damaged-"+log, "journal.db"))
}
