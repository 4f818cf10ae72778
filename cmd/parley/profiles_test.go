package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_profiles_the_sessions_in_memory(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--debug-listen", e2e.FreeAddress(t))
	profiles := s.Profiles(t)
	require.Zero(t, profiles.Usage(t).Sessions)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	require.Equal(t, 2, profiles.Usage(t).Sessions, "the host session and the shared session")
	session.Cursor(t)
	s.Stop(t)
}
