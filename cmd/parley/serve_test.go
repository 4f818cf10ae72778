package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/cli"
	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// maxStopTime is far longer than a stop takes, a few tenths of a second, even on a busy machine.
const maxStopTime = 30 * time.Second

func TestServe_stops_in_order_and_restarts_with_all_data(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]os.Signal{"on SIGTERM": syscall.SIGTERM, "on SIGINT": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := e2e.StartServer(t, t.TempDir(), "--agent", "mine=parley demo-agent")
			session := s.Share(t, s.StartAgent(t, "mine"), protocol.ModePromptDirect)
			from := session.Cursor(t)
			socket, stream := session.Subscribe(t, e2e.WebSocket, from), session.Subscribe(t, e2e.EventStream, from)
			ben := e2e.Connect(t, session.InviteLink(), "Ben")
			sendMessage(t, ben, "before the end")
			running := sendPrompt(t, ben, "wait for me")
			e2e.AwaitEvent(t, ben, func(*protocol.HostSessionUpdate) bool { return true })
			begin := time.Now()
			s.Signal(t, signal)
			require.Equal(t, websocket.StatusGoingAway, websocket.CloseStatus(socket.AwaitEnd(t)))
			require.Error(t, stream.AwaitEnd(t))
			require.Zero(t, s.ExitCode(t), s.Stderr)
			require.Less(t, time.Since(begin), maxStopTime)
			require.Regexp(t, `^\S+\tINFO\tagents that can be started: .+\n\S+\tINFO\tparley is ready: \S+\n\S+\tINFO\tevery program on this machine can use the API [^\n]+\n\S+\tINFO\tstopping\n$`, s.Stderr.String(), "nothing else is logged")
			require.Empty(t, s.Stdout.String())

			s = s.Restart(t)
			failed, _ := e2e.AwaitEvent(t, ben, func(*protocol.PromptDispatchFailed) bool { return true })
			require.Equal(t, running, failed.ApprovalID)
			end := sendMessage(t, ben, "after it")
			require.NotEmpty(t, session.Subscribe(t, e2e.EventStream, from).AwaitSeq(t, end))
			require.Equal(t, []string{"before the end", "after it"}, messageTexts(session.Messages(t)))
			s.Stop(t)
		})
	}
}

func TestServe_stops_although_clients_do_not_disconnect(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	// The server has begun to answer, and waits for a body that is never sent.
	_, err = conn.Write([]byte("POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n"))
	require.NoError(t, err)
	_, err = conn.Read(make([]byte, 1))
	require.NoError(t, err)
	s.Signal(t, syscall.SIGTERM)
	require.Zero(t, s.ExitCode(t), s.Stderr)
	require.Contains(t, s.Stderr.String(), "some clients did not disconnect in time and are cut off")
}

// messageTexts returns the texts of messages.
func messageTexts(messages []protocol.Message) []string {
	var texts []string
	for _, m := range messages {
		texts = append(texts, m.Text)
	}
	return texts
}

func TestServe_refuses_a_data_directory_that_is_in_use(t *testing.T) {
	t.Parallel()
	first := e2e.StartServer(t, t.TempDir())
	second := e2e.StartParley(t, "serve", "--listen", "127.0.0.1:0", "--data", first.Data)
	require.Equal(t, cli.ExitError, second.ExitCode(t))
	require.Regexp(t, `^parley: .* is in use by another .*\n$`, second.Stderr.String())
	session := first.Share(t, first.StartAgent(t, "demo"), protocol.ModePromptDirect)
	require.NotEmpty(t, session.Cursor(t), "the first server still works")
	first.Stop(t)
}

func TestServe_logs_no_secret(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "console"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := e2e.StartServer(t, t.TempDir(), "--log-level", "debug", "--log-format", format)
			secrets := useAllSecrets(t, s)
			s.Stop(t)
			log := s.Stderr.String()
			require.Contains(t, log, "/api/shared-sessions/", "requests are logged")
			for _, secret := range secrets {
				require.NotEmpty(t, secret)
				require.NotContains(t, log, secret)
			}
			if format == "json" {
				for line := range strings.Lines(log) {
					require.True(t, json.Valid([]byte(line)), line)
				}
			}
		})
	}
}

// useAllSecrets sends every kind of secret in every way, valid and invalid, and returns the
// secrets.
func useAllSecrets(t *testing.T, s *e2e.Server) []string {
	t.Helper()
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptWithApproval)
	ben := e2e.Connect(t, session.InviteLink(), "Ben")
	host := e2e.Connect(t, session.HostLink(), "")
	rotated, err := host.RotateInvite(t.Context())
	require.NoError(t, err)
	stranger := e2e.Member{ID: session.Host.ID, Token: "an-invalid-token-that-is-long-enough"}
	query := "?participantId=" + session.Host.ID + "&participantToken="
	for path, want := range map[string]int{
		"/events" + query + session.Host.Token: http.StatusOK,
		"/events" + query + stranger.Token:     http.StatusForbidden,
		"/stream" + query + stranger.Token:     http.StatusForbidden,
	} {
		answer, err := s.Call(t.Context(), e2e.Request{Method: http.MethodGet, Path: session.Path(path)})
		require.NoError(t, err)
		require.Equal(t, want, answer.Status, "%s", answer.Body)
	}
	answer, err := session.PostMessage(t.Context(), stranger, "", "let me in")
	require.NoError(t, err)
	require.Equal(t, protocol.CodeInvalidParticipantToken, answer.ErrorCode())
	joined := (e2e.Session{API: s.API, ID: session.ID, Invite: rotated.Invite}).Join(t, "Cleo")
	proposed, err := ben.Prompt(t.Context(), "help")
	require.NoError(t, err)
	_, err = host.Approve(t.Context(), proposed.ID, "")
	require.NoError(t, err)
	e2e.AwaitEvent(t, ben, func(*protocol.PromptDispatchCompleted) bool { return true })
	require.NoError(t, host.CloseSession(t.Context()))
	return []string{session.Host.Token, session.Invite, rotated.Invite, ben.Own().Token, joined.Token, stranger.Token}
}
