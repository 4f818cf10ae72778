package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/journal/sqlite"
	"parley/protocol"
)

func TestServe_killed_in_a_turn_goes_on_where_everybody_was(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")
	people := []*e2e.Participant{host}
	for _, name := range []string{"Ben", "Cleo", "Dan"} {
		people = append(people, e2e.Connect(t, session.InviteLink(), name))
	}
	running := prompt(t, people[1], "long story")
	queued := []string{prompt(t, people[2], "help me"), prompt(t, host, "help us")}
	damaged := say(t, people[3], "these words will be damaged")
	updates := 0
	e2e.AwaitEvent(t, host, func(*protocol.HostSessionUpdate) bool { updates++; return updates == 20 })
	s.Kill()
	s = s.Restart(t)

	failed, _ := e2e.AwaitEvent(t, host, func(*protocol.PromptDispatchFailed) bool { return true })
	require.Equal(t, running, failed.ApprovalID)
	for _, id := range queued {
		awaitTurn(t, host, id)
	}
	awaitTurn(t, host, prompt(t, people[1], "help again"))
	requireSameStory(t, people)
	s.Stop(t)
	requireVerified(t, s.Data, session.ID, damaged)
}

// prompt sends a prompt where that needs no approval, and returns its id.
func prompt(t *testing.T, p *e2e.Participant, text string) string {
	t.Helper()
	a, err := p.Prompt(t.Context(), text)
	require.NoError(t, err)
	require.Equal(t, protocol.ApprovalApproved, a.Status)
	return a.ID
}

// say talks and returns the number of the event that it became.
func say(t *testing.T, p *e2e.Participant, text string) uint64 {
	t.Helper()
	m, err := p.Chat(t.Context(), text, "")
	require.NoError(t, err)
	_, event := e2e.AwaitEvent(t, p, func(said *protocol.MessageCreated) bool { return said.Message.ID == m.ID })
	return event.Cursor.Seq
}

// awaitTurn waits until a prompt was begun and has come to its end.
func awaitTurn(t *testing.T, p *e2e.Participant, id string) {
	t.Helper()
	_, begun := e2e.AwaitEvent(t, p, func(e *protocol.PromptDispatchStarted) bool { return e.ApprovalID == id })
	_, ended := e2e.AwaitEvent(t, p, func(e *protocol.PromptDispatchCompleted) bool { return e.ApprovalID == id })
	require.Less(t, begun.Cursor.Seq, ended.Cursor.Seq)
}

// requireSameStory checks that all have heard what the first has heard, from
// when they came.
func requireSameStory(t *testing.T, people []*e2e.Participant) {
	t.Helper()
	story, _ := people[0].Events()
	end := story[len(story)-1].Cursor.Seq
	for _, p := range people[1:] {
		theirs := p.AwaitSeq(t, end)
		require.NotEmpty(t, theirs)
		require.Equal(t, story[len(story)-len(theirs):], theirs)
	}
}

// requireVerified checks that a journal is found to be sound, and one in which
// a byte of an event is another to be damaged there.
func requireVerified(t *testing.T, data, session string, event uint64) {
	t.Helper()
	verify := e2e.StartParley(t, "verify", data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
	require.Regexp(t, `^sound: \d+ sessions, \d+ events\n$`, verify.Stdout.String())

	copied := e2e.CopyData(t, data)
	flipByte(t, filepath.Join(copied, sqlite.FileName), []byte("these words will be damaged"))
	verify = e2e.StartParley(t, "verify", copied)
	require.Equal(t, 1, verify.ExitCode(t))
	require.Contains(t, verify.Stdout.String(), session)
	require.Contains(t, verify.Stdout.String(), fmt.Sprintf("event %d", event))
	require.Contains(t, verify.Stderr.String(), session)
}

// flipByte changes one byte of a file, in the midst of what the file is known
// to hold.
func flipByte(t *testing.T, path string, in []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	at := bytes.Index(content, in)
	require.Positive(t, at)
	content[at+len(in)/2] ^= 1
	require.NoError(t, os.WriteFile(path, content, 0o600))
}
