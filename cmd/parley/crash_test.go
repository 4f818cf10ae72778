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

func TestServe_killed_in_a_turn_resumes_where_all_clients_were(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")
	people := []*e2e.Participant{host}
	for _, name := range []string{"Ben", "Cleo", "Dan"} {
		people = append(people, e2e.Connect(t, session.InviteLink(), name))
	}
	running := sendPrompt(t, people[1], "long story")
	queued := []string{sendPrompt(t, people[2], "help me"), sendPrompt(t, host, "help us")}
	damaged := sendMessage(t, people[3], "this text will be damaged")
	updates := 0
	e2e.AwaitEvent(t, host, func(*protocol.HostSessionUpdate) bool { updates++; return updates == 20 })
	s.Kill()
	s = s.Restart(t)

	failed, _ := e2e.AwaitEvent(t, host, func(*protocol.PromptDispatchFailed) bool { return true })
	require.Equal(t, running, failed.ApprovalID)
	for _, id := range queued {
		awaitTurnEnd(t, host, id)
	}
	awaitTurnEnd(t, host, sendPrompt(t, people[1], "help again"))
	requireSameEvents(t, host, people[1:])
	s.Stop(t)
	requireVerified(t, s.Data, session.ID, damaged)
}

// sendPrompt sends a prompt that needs no approval, and returns its id.
func sendPrompt(t *testing.T, p *e2e.Participant, text string) string {
	t.Helper()
	a, err := p.Prompt(t.Context(), text)
	require.NoError(t, err)
	require.Equal(t, protocol.ApprovalApproved, a.Status)
	return a.ID
}

// sendMessage sends a message and returns the number of its event.
func sendMessage(t *testing.T, p *e2e.Participant, text string) uint64 {
	t.Helper()
	m, err := p.Chat(t.Context(), text, "")
	require.NoError(t, err)
	_, event := e2e.AwaitEvent(t, p, func(e *protocol.MessageCreated) bool { return e.Message.ID == m.ID })
	return event.Cursor.Seq
}

// awaitTurnEnd waits until the turn of a prompt has started and ended.
func awaitTurnEnd(t *testing.T, p *e2e.Participant, id string) {
	t.Helper()
	_, begun := e2e.AwaitEvent(t, p, func(e *protocol.PromptDispatchStarted) bool { return e.ApprovalID == id })
	_, ended := e2e.AwaitEvent(t, p, func(e *protocol.PromptDispatchCompleted) bool { return e.ApprovalID == id })
	require.Less(t, begun.Cursor.Seq, ended.Cursor.Seq)
}

// requireSameEvents checks that all participants have received the same events since they
// joined, and guests the same bytes: secrets are masked for them.
func requireSameEvents(t *testing.T, host *e2e.Participant, guests []*e2e.Participant) {
	t.Helper()
	all, _ := host.Events()
	end := all[len(all)-1].Cursor.Seq
	first := guests[0].AwaitSeq(t, end)
	require.Equal(t, outlines(all[len(all)-len(first):]), outlines(first))
	for _, p := range guests[1:] {
		theirs := p.AwaitSeq(t, end)
		require.NotEmpty(t, theirs)
		require.Equal(t, first[len(first)-len(theirs):], theirs)
	}
}

// outlines returns what all readers see of events.
func outlines(events []*protocol.Event) (all []string) {
	for _, e := range events {
		all = append(all, fmt.Sprint(e.Cursor, e.Timestamp, e.Payload.EventType()))
	}
	return all
}

// requireVerified checks that "parley verify" accepts a journal, and that it names the
// event in which a byte has changed.
func requireVerified(t *testing.T, data, session string, event uint64) {
	t.Helper()
	verify := e2e.StartParley(t, "verify", data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
	require.Regexp(t, `^sound: \d+ sessions, \d+ events, \d+ attachments\n$`, verify.Stdout.String())

	copied := e2e.CopyData(t, data)
	flipByte(t, filepath.Join(copied, sqlite.FileName), []byte("this text will be damaged"))
	verify = e2e.StartParley(t, "verify", copied)
	require.Equal(t, 1, verify.ExitCode(t))
	require.Contains(t, verify.Stdout.String(), session)
	require.Contains(t, verify.Stdout.String(), fmt.Sprintf("event %d", event))
	require.Contains(t, verify.Stderr.String(), session)
}

// flipByte changes one byte of a file, in the middle of a sequence that the file contains.
func flipByte(t *testing.T, path string, in []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	at := bytes.Index(content, in)
	require.Positive(t, at)
	content[at+len(in)/2] ^= 1
	require.NoError(t, os.WriteFile(path, content, 0o600))
}
