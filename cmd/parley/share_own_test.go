package main

import (
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
	"parley/protocol/client"
)

func TestShare_with_a_server_of_its_own(t *testing.T) {
	t.Parallel()
	s := startShare(t, "")
	s.Stdout.Await(t, "this machine only")
	host := e2e.Connect(t, s.own, "Ada")
	require.Empty(t, awaitEnd(t, host, prompt(t, host, "count 5").ID))
	s.Signal(t, syscall.SIGTERM)
	require.Zero(t, s.ExitCode(t), s.Stderr)
	require.Contains(t, s.Stdout.String(), "--resume")
	s.start(t, "--resume")
	again := e2e.Connect(t, s.own, "Ada")
	require.Equal(t, host.Welcome.Session.ID, again.Welcome.Session.ID)
	require.Empty(t, awaitEnd(t, again, prompt(t, again, "count 3").ID))
}

// The agent and other programs of this machine could use an open server.
func TestShare_protects_a_server_of_its_own(t *testing.T) {
	t.Parallel()
	s := startShare(t, "")
	answer, err := e2e.API{URL: s.own.Server}.Call(t.Context(), e2e.Request{Method: http.MethodGet, Path: "/api/sessions"})
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, answer.Status, string(answer.Body))
}

func TestShare_on_the_local_network_is_joined_with_a_pinned_certificate(t *testing.T) {
	t.Parallel()
	s := shareWith(t, &sharedAgent{flags: []string{"--lan"}})
	s.Stdout.Await(t, "Compare its SHA-256 fingerprint")
	require.True(t, strings.HasPrefix(s.invite.Server, "https://"), s.invite.Server)
	require.NotEmpty(t, s.invite.Certificate)
	ben, host := e2e.Connect(t, s.invite, "Ben"), e2e.Connect(t, s.own, "")
	require.Empty(t, awaitEnd(t, host, prompt(t, host, "count 5").ID))
	e2e.AwaitEvent(t, ben, func(p *protocol.HostSessionUpdate) bool { return strings.Contains(string(p.Notification), "5;") })
	other := s.invite
	other.Certificate = ""
	_, err := client.Open(t.Context(), other, client.Options{UserID: "eve"})
	require.ErrorContains(t, err, "certificate")
}

func TestShare_through_a_tunnel_has_its_address_in_the_invite_and_ends_with_it(t *testing.T) {
	t.Parallel()
	path, end := fakeTunnel(t, "https://four-dashed-word-url.trycloudflare.com")
	s := shareWith(t, &sharedAgent{flags: []string{"--tunnel", "cloudflared"}, env: []string{"PATH=" + path}})
	require.Equal(t, "https://four-dashed-word-url.trycloudflare.com", s.invite.Server)
	require.Contains(t, s.own.Server, "http://127.0.0.1:")
	host := e2e.Connect(t, s.own, "")
	require.Empty(t, awaitEnd(t, host, prompt(t, host, "count 5").ID))
	require.NoError(t, os.WriteFile(end, nil, 0o600))
	s.Stderr.Await(t, "cloudflared has ended with status 1: .*the edge is gone")
	require.Equal(t, 1, s.ExitCode(t))

	s.env, s.flags = nil, nil
	s.start(t, "--resume")
	require.Equal(t, s.own.Server, s.invite.Server, "the links are moved to where the server is now")
	require.NotNil(t, e2e.Connect(t, s.invite, "Ben"))
}

func TestShare_masks_secrets_for_guests(t *testing.T) {
	t.Parallel()
	s := shareWith(t, &sharedAgent{flags: []string{"--redact-env", "DEPLOY_KEY"}, env: []string{"DEPLOY_KEY=correct horse"}})
	ben, host := e2e.Connect(t, s.invite, "Ben"), e2e.Connect(t, s.own, "")
	_, err := host.Chat(t.Context(), "AKIAIOSFODNN7EXAMPLE and correct horse", "")
	require.NoError(t, err)
	said, _ := e2e.AwaitEvent(t, ben, func(*protocol.MessageCreated) bool { return true })
	require.Equal(t, "[redacted] and [redacted]", said.Message.Text)
}

func TestShare_through_a_server_that_masks_by_its_own_flags(t *testing.T) {
	t.Parallel()
	p := e2e.StartParley(t, "share", "--server", "http://127.0.0.1:1", "--redact", "x+")
	require.Equal(t, 2, p.ExitCode(t))
	p.Stderr.Await(t, "masks by its own flags")
}
