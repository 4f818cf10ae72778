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

// requireShared runs a turn of an agent in which a participant answers the agent's
// question. It checks that all subscribers receive exactly what the agent wrote.
func requireShared(t *testing.T, command []string, text, asks, option string) {
	t.Helper()
	written := filepath.Join(t.TempDir(), "written")
	s := e2e.StartServer(t, t.TempDir(), "--agent", "example="+strings.Join(append([]string{"tee-output", written}, command...), " "))
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

	received := overSocket.AwaitSeq(t, end.Cursor.Seq)
	require.Equal(t, received, overStream.AwaitSeq(t, end.Cursor.Seq))
	s.Stop(t)
	requireReceived(t, updatesIn(t, written, session.Agent), notificationsIn(t, received))
}

// requireReceived checks that the updates that an agent wrote were received in order,
// except for those from before the first subscriber.
func requireReceived(t *testing.T, written, received []string) {
	t.Helper()
	require.LessOrEqual(t, len(received), len(written))
	before := written[:len(written)-len(received)]
	require.Equal(t, written[len(before):], received)
	for _, update := range before {
		require.Contains(t, update, `"available_commands_update"`, "the agent wrote everything else in the turn")
	}
}

// notificationsIn returns the agent's notifications in the events of a session.
func notificationsIn(t *testing.T, events []string) []string {
	var notifications []string
	for _, raw := range events {
		var e struct {
			Type    protocol.EventType
			Payload struct{ Notification json.RawMessage }
		}
		require.NoError(t, json.Unmarshal([]byte(raw), &e))
		if e.Type == protocol.EventHostSessionUpdate {
			notifications = append(notifications, string(e.Payload.Notification))
		}
	}
	require.NotEmpty(t, notifications)
	return notifications
}

// updatesIn returns the session updates that an agent wrote to a file, with its session
// id replaced by the id of the host session.
func updatesIn(t *testing.T, path, hostSession string) []string {
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var updates []string
	for raw := range bytes.Lines(content) {
		var m struct {
			Method string
			Params struct{ SessionID string }
		}
		require.NoError(t, json.Unmarshal(raw, &m))
		if m.Method == "session/update" {
			own, public := fmt.Sprintf("%q", m.Params.SessionID), fmt.Sprintf("%q", hostSession)
			updates = append(updates, strings.TrimSuffix(strings.ReplaceAll(string(raw), own, public), "\n"))
		}
	}
	return updates
}
