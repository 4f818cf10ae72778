package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

func TestExport_is_checked_without_the_server(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	room := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptWithApproval)
	ben := room.Join(t, "ben")
	for range 3 {
		_, err := room.PostMessage(t.Context(), ben, "", "the key is AKIAIOSFODNN7EXAMPLE <&> \u2028")
		require.NoError(t, err)
	}
	key := e2e.StartParley(t, "key", "checkpoints", "--data", s.Data)
	require.Zero(t, key.ExitCode(t))
	public := strings.TrimSpace(key.Stdout.String())
	verify := func(file, key string) (int, string) {
		p := e2e.StartParley(t, "verify", "--export", file, "--key", key)
		return p.ExitCode(t), p.Stdout.String() + p.Stderr.String()
	}
	files := map[string]string{}
	for who, link := range map[string]string{"host": room.HostLink().String(), "guest": room.ParticipantLink(ben).String()} {
		files[who] = filepath.Join(t.TempDir(), who)
		p := e2e.StartParley(t, "export", link, "-o", files[who])
		require.Zero(t, p.ExitCode(t), p.Stderr.String())
		code, said := verify(files[who], public)
		require.Zero(t, code, said)
		require.Contains(t, said, map[string]string{"host": " 0 masked", "guest": " 3 masked"}[who])
	}
	guest, err := os.ReadFile(files["guest"])
	require.NoError(t, err)
	require.NotContains(t, string(guest), "AKIA")
	host, err := os.ReadFile(files["host"])
	require.NoError(t, err)
	code, said := verify(files["host"], strings.Repeat("ab", 32))
	require.Equal(t, 1, code)
	require.Contains(t, said, "not signed by this key")
	lines := strings.SplitAfter(string(host), "\n")
	for want, changed := range map[string]string{
		"is not the one that was recorded": strings.Replace(string(host), "AKIAIOS", "AKIAIOT", 1),
		"is followed by event":             strings.Join(slices.Delete(slices.Clone(lines), 3, 4), ""),
		"events are missing":               strings.Join(slices.Delete(slices.Clone(lines), len(lines)-3, len(lines)-2), ""),
		"the checkpoint is missing":        strings.Join(lines[:len(lines)-2], ""),
		"something behind the checkpoint":  string(host) + lines[1],
		"is not an export of Parley":       "{}\n",
	} {
		file := filepath.Join(t.TempDir(), "changed")
		require.NoError(t, os.WriteFile(file, []byte(changed), 0o600))
		code, said := verify(file, public)
		require.Equal(t, 1, code, want)
		require.Contains(t, said, want)
	}
}
