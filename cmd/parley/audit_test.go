package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// The audit is read from the directory of a running server, and from the server.
func TestAudit_of_a_directory_and_of_a_server(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--redact", `TICKET-[0-9]+`)
	room := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptWithApproval)
	ben := room.Join(t, "ben")
	_, err := room.PostMessage(t.Context(), ben, "", "see TICKET-12")
	require.NoError(t, err)
	require.Equal(t, "see [redacted]", room.Messages(t)[0].Text, "the pattern of the flag applies")
	for _, from := range []string{s.Data, s.URL} {
		p := e2e.StartParley(t, "audit", from, room.ID)
		require.Zero(t, p.ExitCode(t), p.Stderr.String())
		require.Regexp(t, `(?m)^TIME +WHO +FROM +KNOWN AS +DID +DETAIL$`, p.Stdout.String())
		require.Regexp(t, `(?m)Z +ben +127\.0\.0\.1 +- +joined`, p.Stdout.String())

		p = e2e.StartParley(t, "audit", "--json", from, room.ID)
		require.Zero(t, p.ExitCode(t))
		var audit protocol.AuditAnswer
		require.NoError(t, json.Unmarshal([]byte(p.Stdout.String()), &audit))
		require.Len(t, audit.Entries, 2)
		require.Equal(t, "ben", audit.Entries[1].Participant.UserID)
	}
	p := e2e.StartParley(t, "audit", s.Data, "5b6d2e7c-8a4f-4c1d-9e3b-0a1b2c3d4e5f")
	require.Equal(t, 1, p.ExitCode(t))
	p.Stderr.Await(t, "no such session")
}
