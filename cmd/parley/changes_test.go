package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
	"parley/protocol/client"
)

// parleyChanges runs "parley changes" and returns its output.
func parleyChanges(t *testing.T, args ...string) string {
	t.Helper()
	p := e2e.Start(t, e2e.Command{Args: append([]string{"changes"}, args...)})
	require.Zero(t, p.ExitCode(t), p.Stderr.String())
	return p.Stdout.String()
}

func TestChanges_shows_what_the_agent_has_changed(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	room := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	link := room.HostLink().String()
	require.Contains(t, parleyChanges(t, link), "0 changed, +0 -0, since ")

	host := e2e.Connect(t, room.HostLink(), "")
	prompt := sendPrompt(t, host, "diff")
	asked, _ := e2e.AwaitEvent(t, host, func(*protocol.PermissionRequested) bool { return true })
	_, err := host.Do(t.Context(), &protocol.AnswerPermission{RequestID: asked.RequestID, OptionID: "always"})
	require.NoError(t, err)
	awaitTurnEnd(t, host, prompt)

	text := parleyChanges(t, link)
	require.Contains(t, text, "=== basket/doc.go (added)\n@@ -0,0 +1,2 @@\n+// Package basket")
	require.Contains(t, text, "=== basket/item.go (modified)")
	require.NotContains(t, text, "total.go", "it was there before")
	require.Contains(t, parleyChanges(t, link, "--uncommitted", "--stat"), "basket/total.go (added)")
	require.NotContains(t, parleyChanges(t, link, "basket/doc.go"), "=== basket/item.go")

	var answer protocol.ChangesAnswer
	require.Eventually(t, func() bool { // the turn is recorded in the background
		require.NoError(t, json.Unmarshal([]byte(parleyChanges(t, link, "--json")), &answer))
		return len(answer.Turns) > 0
	}, time.Minute, 100*time.Millisecond)
	require.Contains(t, parleyChanges(t, link, "--turn", "-1"), "basket/doc.go")

	doc := answer.Files[0]
	require.NoError(t, host.ReviewFile(t.Context(), doc.Path, doc.Version, true))
	s.Kill() // marks and trees are durable
	s = s.Restart(t)
	text = parleyChanges(t, strings.Replace(link, room.URL, s.URL, 1), "--stat")
	require.Contains(t, text, "basket/doc.go (added, reviewed by Hannah)")
}

func TestServe_works_in_a_data_directory_with_a_relative_path(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	require.NoError(t, err)
	data, err := filepath.Rel(here, t.TempDir())
	require.NoError(t, err)
	s := e2e.StartServer(t, data)
	room := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	require.Contains(t, parleyChanges(t, room.HostLink().String()), "0 changed, +0 -0, since ")

	host := e2e.Connect(t, room.HostLink(), "")
	file, err := host.Upload(t.Context(), client.Upload{Name: "data.bin", Content: strings.NewReader("\x00\x01"), Size: 2})
	require.NoError(t, err)
	block := protocol.ContentBlock{Type: protocol.ContentAttachment, ID: file.ID, AsFile: true}
	_, err = host.Do(t.Context(), &protocol.Prompt{Prompt: "look", Content: []protocol.ContentBlock{block}})
	require.NoError(t, err)
	said := ""
	e2e.AwaitEvent(t, host, func(u *protocol.HostSessionUpdate) bool {
		var piece struct {
			Params struct {
				Update struct{ Content struct{ Text string } }
			}
		}
		_ = json.Unmarshal(u.Notification, &piece) // others have no text
		said += piece.Params.Update.Content.Text
		return strings.Contains(said, "data.bin`, 2 bytes")
	})
}

func TestChanges_says_what_is_wrong(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--agent", "child=parley demo-agent --pace 1ms")
	room := s.Share(t, s.StartAgent(t, "child"), protocol.ModePromptDirect)
	for want, args := range map[string][]string{
		"this is an invite link":  {room.InviteLink().String()},
		"cannot be used together": {room.HostLink().String(), "--uncommitted", "--turn", "1"},
		"there is no turn":        {room.HostLink().String(), "--turn", "7"},
	} {
		p := e2e.Start(t, e2e.Command{Args: append([]string{"changes"}, args...)})
		require.NotZero(t, p.ExitCode(t), want)
		require.Contains(t, p.Stderr.String(), want)
	}
}

func TestJoin_links_the_files_that_a_prompt_names(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	room := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	host := e2e.Connect(t, room.HostLink(), "")
	ben := e2e.Start(t, e2e.Command{Args: []string{"join", room.InviteLink().String(), "--name", "Ben"}, Stdin: true})
	ben.WriteLine(t, "/prompt help with @basket/total.go and @none.go")
	approved, _ := e2e.AwaitEvent(t, host, func(*protocol.PromptApproved) bool { return true })
	require.Equal(t, "help with @basket/total.go and @none.go", approved.Approval.Prompt)
	require.Len(t, approved.Approval.Content, 1)
	require.Equal(t, protocol.ContentLink, approved.Approval.Content[0].Type)
	require.Equal(t, "basket/total.go", approved.Approval.Content[0].Path)
	ben.WriteLine(t, "/quit")
	require.Zero(t, ben.ExitCode(t))
}
