package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

const (
	manySessions  = 10_000
	maxIdleMemory = 40 << 20
	// maxListTime is far longer than a list takes, a few tenths of a second, even on a busy
	// machine. Benchmarks measure the speed.
	maxListTime = 10 * time.Second
)

func TestServe_with_ten_thousand_sessions_uses_little_memory_and_lists_them(t *testing.T) {
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir(), Flags: []string{"--max-agents", "50"}}.Start(t)
	makeSessions(t, s)
	e2e.CloseIdleConnections()
	s.Stop(t)
	s = s.Restart(t)
	idle := s.ResidentMemory(t)
	var slowest time.Duration
	for range 3 {
		begin := time.Now()
		list := e2e.MustCall[protocol.SessionsAnswer](t, s.API, e2e.Request{Method: http.MethodGet, Path: "/api/shared-sessions"})
		slowest = max(slowest, time.Since(begin))
		require.Len(t, list.Sessions, manySessions)
	}
	listed := s.ResidentMemory(t)
	again := s.AwaitResidentMemory(t, maxIdleMemory)
	t.Logf("idle: %d KiB; after three lists: %d KiB; idle again: %d KiB; the slowest list took %s",
		idle>>10, listed>>10, again>>10, slowest)
	require.Less(t, idle, maxIdleMemory)
	require.Less(t, slowest, maxListTime)
	s.Stop(t)
}

// makeSessions shares many sessions on a few agents.
func makeSessions(t *testing.T, s *e2e.Server) {
	t.Helper()
	const agents = 50
	failed := make(chan error, agents)
	for range agents {
		agent := s.StartAgent(t, "demo")
		go func() { failed <- shareRepeatedly(t.Context(), s.API, agent, manySessions/agents) }() // waited for below
	}
	for range agents {
		require.NoError(t, <-failed)
	}
}

// shareRepeatedly shares an agent a number of times.
func shareRepeatedly(ctx context.Context, api e2e.API, agent string, times int) error {
	body := map[string]string{"hostSessionId": agent, "hostUserId": "host", "hostDisplayName": "Hannah"}
	for range times {
		answer, err := api.Call(ctx, e2e.Request{Method: http.MethodPost, Path: "/api/shared-sessions", Body: body})
		if err != nil {
			return err
		}
		if answer.Status != http.StatusCreated {
			return fmt.Errorf("answered with %d: %s", answer.Status, answer.Body)
		}
	}
	return nil
}

// buildParley builds the program as it is shipped, without the race detector of the tests.
func buildParley(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "parley")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return path
}
