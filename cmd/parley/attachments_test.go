package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
	"parley/protocol/client"
)

func upload(t *testing.T, p *e2e.Participant, name, content string) (protocol.Content, error) {
	t.Helper()
	return p.Upload(t.Context(), client.Upload{Name: name, Content: strings.NewReader(content), Size: int64(len(content))})
}

func requireAttachment(t *testing.T, p *e2e.Participant, a protocol.Content, content string) {
	t.Helper()
	var got bytes.Buffer
	require.NoError(t, p.Download(t.Context(), a.ID, &got))
	require.Equal(t, content, got.String())
}

func TestServe_killed_during_uploads_has_every_attachment_that_it_acknowledged(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")
	acknowledged := make(chan protocol.Content, 1000)
	content := func(name string) string { return strings.Repeat(name, 10_000) }
	var uploads sync.WaitGroup
	for i := range 3 {
		uploads.Go(func() {
			for j := range 300 {
				a, err := upload(t, host, fmt.Sprint(i, "-", j), content(fmt.Sprint(i, "-", j)))
				if err != nil {
					return // the server was killed
				}
				acknowledged <- a
			}
		})
	}
	stored := []protocol.Content{<-acknowledged, <-acknowledged, <-acknowledged}
	s.Kill()
	uploads.Wait()
	close(acknowledged)
	for a := range acknowledged {
		stored = append(stored, a)
	}
	s = s.Restart(t)
	for _, a := range stored {
		requireAttachment(t, host, a, content(a.Name))
	}
	m, err := host.ChatWith(t.Context(), protocol.Chat{Content: []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: stored[0].ID}}})
	require.NoError(t, err)
	require.Equal(t, stored[0], m.Content[0])
	s.Stop(t)
}

func TestVerify_checks_the_attachments_that_events_name(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")
	inChat, err := upload(t, host, "notes.txt", "notes")
	require.NoError(t, err)
	inPrompt, err := upload(t, host, "plan.txt", "plan")
	require.NoError(t, err)
	block := func(a protocol.Content) []protocol.ContentBlock {
		return []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: a.ID}}
	}
	_, err = host.ChatWith(t.Context(), protocol.Chat{Content: block(inChat)})
	require.NoError(t, err)
	_, err = host.PromptWith(t.Context(), protocol.Prompt{Prompt: "look", Content: block(inPrompt)})
	require.NoError(t, err)
	verify := e2e.StartParley(t, "verify", s.Data)
	require.Zero(t, verify.ExitCode(t), "beside the server: %s", verify.Stderr)
	require.Contains(t, verify.Stdout.String(), ", 2 attachments")

	dir := filepath.Join(s.Data, "attachments", session.ID)
	require.NoError(t, os.WriteFile(filepath.Join(dir, inChat.SHA256), []byte("nodes"), 0o600))
	require.NoError(t, os.Remove(filepath.Join(dir, inPrompt.ID+".json")))
	verify = e2e.StartParley(t, "verify", s.Data)
	require.Equal(t, 1, verify.ExitCode(t))
	require.Contains(t, verify.Stdout.String(), "damaged: session "+session.ID+": attachment "+inChat.ID+": its content is damaged")
	require.Contains(t, verify.Stdout.String(), "damaged: session "+session.ID+": attachment "+inPrompt.ID+": is missing, although an event names it")
	require.Contains(t, verify.Stderr.String(), "2 are damaged or missing")
	s.Stop(t)
}
