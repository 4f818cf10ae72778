package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/cli"
	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestJoin_rejects_invalid_arguments(t *testing.T) {
	t.Setenv("USER", "")
	const invite = "http://127.0.0.1:1/s/1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11#i=I"
	for name, args := range map[string][]string{
		"without a link":       {"join"},
		"with two links":       {"join", invite, invite},
		"with an invalid link": {"join", "hello"},
		"with an unknown flag": {"join", invite, "--loud"},
		"without a name":       {"join", invite},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, cli.ExitUsage, cli.Run(t.Context(), newRootCommand(), args)) })
	}
}

func TestJoin_can_read_after_leaving(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	room := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptWithApproval)
	link := room.ParticipantLink(room.Join(t, "ann")).String()
	ann := e2e.Start(t, e2e.Command{Args: []string{"join", link}, Stdin: true})
	ann.WriteLine(t, "an earlier message")
	ann.WriteLine(t, "/leave")
	require.Zero(t, ann.ExitCode(t), ann.Stderr)

	again := e2e.Start(t, e2e.Command{Args: []string{"join", link}, Stdin: true})
	again.Stdout.Await(t, `ann: an earlier message`)
	again.Stdout.Await(t, `you can read: /history N`)
	again.WriteLine(t, "more")
	again.WriteLine(t, "/quit")
	require.Equal(t, cli.ExitError, again.ExitCode(t))
	require.Contains(t, again.Stderr.String(), "can only read")
}

func TestJoin_sends_attachments_and_saves_those_of_others(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	room := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptWithApproval)
	dir := t.TempDir()
	path := filepath.Join(dir, "my notes.md")
	require.NoError(t, os.WriteFile(path, []byte("# Notes"), 0o600))
	saved := t.TempDir()
	olga := e2e.Start(t, e2e.Command{Args: []string{"join", room.HostLink().String()}, Stdin: true, Dir: saved})
	ann := e2e.Start(t, e2e.Command{Args: []string{"join", room.ParticipantLink(room.Join(t, "ann")).String()}, Stdin: true})
	ann.WriteLine(t, "/attach "+path)
	ann.Stdout.Await(t, `my notes\.md, text/markdown, 7 bytes`)
	ann.WriteLine(t, "/prompt read this")
	olga.Stdout.Await(t, `ann proposes: read this`)
	olga.Stdout.Await(t, `\[Attachment 1: my notes\.md, text/markdown, 7 bytes\]`)
	olga.WriteLine(t, "/save my notes.md")
	olga.Stdout.Await(t, `saved as my notes\.md`)
	content, err := os.ReadFile(filepath.Join(saved, "my notes.md"))
	require.NoError(t, err)
	require.Equal(t, "# Notes", string(content))
	ann.WriteLine(t, "/attach")
	ann.Stdout.Await(t, `nothing is attached`)
	olga.WriteLine(t, "/approve #1")
	olga.Stdout.Await(t, `a text of 7 bytes`)
	olga.WriteLine(t, "/quit")
	ann.WriteLine(t, "/quit")
	require.Zero(t, olga.ExitCode(t), olga.Stderr)
	require.Zero(t, ann.ExitCode(t), ann.Stderr)
}
