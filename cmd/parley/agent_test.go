package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/agent/agenttest"
	"parley/protocol"
)

func TestServe_shares_a_real_agent_unchanged(t *testing.T) {
	t.Parallel()
	requireShared(t, agenttest.SDKExample(t), "improve the project", `"toolCallId":"call_2"`, "allow")
}

func TestServe_shares_the_demo_agent_as_a_process_unchanged(t *testing.T) {
	t.Parallel()
	requireShared(t, []string{"parley", "demo-agent", "--pace", "1ms"}, "permission to clean up", `rm -r build`, "allow")
}

// requireShared runs a turn of an agent in a session, in which a person answers
// the agent's question, and checks that what the agent wrote is what everybody
// was shown.
func requireShared(t *testing.T, command []string, text, asks, option string) {
	t.Helper()
	wrote := filepath.Join(t.TempDir(), "wrote")
	s := e2e.StartServer(t, t.TempDir(), "--agent", "example="+strings.Join(append([]string{"tee-output", wrote}, command...), " "))
	session := s.Share(t, s.StartAgent(t, "example"), protocol.ModePromptWithApproval)
	from := session.Cursor(t)
	overSocket, overStream := session.Subscribe(t, e2e.WebSocket, from), session.Subscribe(t, e2e.EventStream, from)

	ben, host := e2e.Connect(t, session.InviteLink(), "Ben"), e2e.Connect(t, session.HostLink(), "")
	proposed, err := ben.Prompt(t.Context(), text)
	require.NoError(t, err)
	require.Equal(t, protocol.ApprovalPending, proposed.Status)
	_, err = host.Approve(t.Context(), proposed.ID, "")
	require.NoError(t, err)
	asked, _ := e2e.AwaitEvent(t, host, func(*protocol.PermissionRequested) bool { return true })
	require.Contains(t, string(asked.ToolCall), asks)
	require.NoError(t, host.AnswerPermission(t.Context(), asked.RequestID, option))
	done, end := e2e.AwaitEvent(t, ben, func(*protocol.PromptDispatchCompleted) bool { return true })
	require.Equal(t, proposed.ID, done.ApprovalID)
	answered, _ := e2e.AwaitEvent(t, ben, func(*protocol.PermissionResolved) bool { return true })
	require.Equal(t, session.Host.ID, answered.Participant.ID)

	heard := overSocket.AwaitSeq(t, end.Cursor.Seq)
	require.Equal(t, heard, overStream.AwaitSeq(t, end.Cursor.Seq))
	s.Stop(t)
	requireShown(t, updatesIn(t, wrote, session.Agent), notificationsIn(t, heard))
}

// requireShown checks that what an agent wrote was shown, in its order, but for
// what it had written before anybody could see it.
func requireShown(t *testing.T, wrote, shown []string) {
	t.Helper()
	require.LessOrEqual(t, len(shown), len(wrote))
	before := wrote[:len(wrote)-len(shown)]
	require.Equal(t, wrote[len(before):], shown)
	for _, update := range before {
		require.Contains(t, update, `"available_commands_update"`, "everything else came in the turn")
	}
}

// notificationsIn returns what the agent said, of the events of a session.
func notificationsIn(t *testing.T, events []string) []string {
	var said []string
	for _, raw := range events {
		var e struct {
			Type    protocol.EventType
			Payload struct{ Notification json.RawMessage }
		}
		require.NoError(t, json.Unmarshal([]byte(raw), &e))
		if e.Type == protocol.EventHostSessionUpdate {
			said = append(said, string(e.Payload.Notification))
		}
	}
	require.NotEmpty(t, said)
	return said
}

// updatesIn returns the notifications that an agent wrote to a file, with the
// host session's id in the place of the agent's own.
func updatesIn(t *testing.T, path, hostSession string) []string {
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var wrote []string
	for raw := range bytes.Lines(content) {
		var m struct {
			Method string
			Params struct{ SessionID string }
		}
		require.NoError(t, json.Unmarshal(raw, &m))
		if m.Method == "session/update" {
			own, shown := fmt.Sprintf("%q", m.Params.SessionID), fmt.Sprintf("%q", hostSession)
			wrote = append(wrote, strings.TrimSuffix(strings.ReplaceAll(string(raw), own, shown), "\n"))
		}
	}
	return wrote
}
