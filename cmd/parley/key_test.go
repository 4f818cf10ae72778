package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/cli"
	"parley/cmd/internal/e2e"
	"parley/cmd/parley/internal/server"
	"parley/protocol"
)

func TestServe_does_not_replace_the_key_of_existing_sessions(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	s.Stop(t)
	key, away := filepath.Join(s.Data, server.KeyFile), filepath.Join(t.TempDir(), server.KeyFile)
	require.NoError(t, os.Rename(key, away))

	refused := e2e.StartParley(t, "serve", "--data", s.Data, "--listen", s.Address)
	require.Equal(t, cli.ExitError, refused.ExitCode(t))
	require.Contains(t, refused.Stderr.String(), key+" is missing")
	require.Contains(t, refused.Stderr.String(), "restore it from a backup")
	require.NoFileExists(t, key)

	content, err := os.ReadFile(away)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(key, content, 0o600))
	again := s.Restart(t)
	session.API = again.API
	postMessage(t, session, "the links are still valid")
	again.Stop(t)
}

// A crash during the first start can leave a journal without a key.
func TestServe_creates_a_key_for_an_empty_journal(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	s.Stop(t)
	require.NoError(t, os.Remove(filepath.Join(s.Data, server.KeyFile)))
	s.Restart(t).Stop(t)
	require.FileExists(t, filepath.Join(s.Data, server.KeyFile))
}
