package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

// fakeTunnel returns a PATH that begins with a cloudflared that prints an address and then
// ends as soon as a file appears.
func fakeTunnel(t *testing.T, address string) (path, end string) {
	t.Helper()
	dir := t.TempDir()
	end = filepath.Join(dir, "end")
	script := "#!/bin/sh\necho '| " + address + " |' >&2\nuntil [ -e " + end + " ]; do sleep 0.05; done\necho the edge is gone >&2\nexit 1\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cloudflared"), []byte(script), 0o755))
	return dir + ":" + os.Getenv("PATH"), end
}

func TestServe_is_reached_through_a_tunnel_and_protected(t *testing.T) {
	t.Parallel()
	path, end := fakeTunnel(t, "https://four-dashed-word-url.trycloudflare.com")
	s := e2e.ServerConfig{Data: t.TempDir(), Env: []string{"PATH=" + path}, Flags: []string{"--tunnel", "auto"}}.Start(t)
	require.Regexp(t, `^https://four-dashed-word-url\.trycloudflare\.com/`, s.Stdout.Await(t, signInLink)[1])
	answer, err := s.Call(t.Context(), e2e.Request{Method: "GET", Path: "/api/sessions"})
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, answer.Status, string(answer.Body))

	require.NoError(t, os.WriteFile(end, nil, 0o600))
	s.Stderr.Await(t, "parley: cloudflared has ended with status 1: .*the edge is gone")
	require.Equal(t, 1, s.ExitCode(t))
}

func TestDemo_is_reached_through_a_tunnel(t *testing.T) {
	t.Parallel()
	path, _ := fakeTunnel(t, "https://other-dashed-word-url.trycloudflare.com")
	demo := e2e.Start(t, e2e.Command{
		Args: []string{"demo", "--listen", "127.0.0.1:0", "--tunnel", "cloudflared"}, Env: []string{"PATH=" + path},
	})
	demo.Stdout.Await(t, `Invite others: +https://other-dashed-word-url\.trycloudflare\.com/s/\S+#i=`)
	demo.Signal(t, os.Interrupt)
	require.Zero(t, demo.ExitCode(t), demo.Stderr)
}
