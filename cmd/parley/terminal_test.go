//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// terminalOutput is what a program has written to its terminal. It is safe for concurrent
// use.
type terminalOutput struct {
	mu sync.Mutex
	b  bytes.Buffer // guarded by mu
}

// Write implements [io.Writer].
func (s *terminalOutput) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// await waits until the output contains a text.
func (s *terminalOutput) await(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return strings.Contains(s.b.String(), text)
	}, e2e.Timeout, 5*time.Millisecond, "%q", text)
}

func TestJoin_on_a_terminal(t *testing.T) {
	t.Parallel()
	server := e2e.StartServer(t, t.TempDir())
	room := server.Share(t, server.StartAgent(t, "demo"), protocol.ModePromptWithApproval)
	join := exec.CommandContext(t.Context(), "parley", "join", room.HostLink().String())
	join.Env = append(os.Environ(), "TERM=xterm-256color", "PARLEY_CONFIG="+os.DevNull)
	terminal, err := pty.StartWithSize(join, &pty.Winsize{Cols: 100, Rows: 30})
	require.NoError(t, err)
	screen, shown := &terminalOutput{}, make(chan struct{})
	go func() { // ends with the program
		defer close(shown)
		_, _ = io.Copy(screen, terminal)
	}()
	types := func(text string) {
		_, err := io.WriteString(terminal, text)
		require.NoError(t, err)
	}
	screen.await(t, "type /help for help")
	screen.await(t, "\x1b[?2004h")
	long := strings.Repeat("0123456789", 1_000)
	types(long)
	types("\r")
	said := func(n int) []protocol.Message {
		t.Helper()
		require.Eventually(t, func() bool { return len(room.Messages(t)) == n }, e2e.Timeout, 10*time.Millisecond)
		return room.Messages(t)
	}
	require.Equal(t, long, said(1)[0].Text)
	types("\x1b[200~two\rlines\x1b[201~")
	screen.await(t, "  lines")
	types(" 👩‍👩‍👧\x7f👍🏽\r")
	require.Equal(t, "two\nlines 👍🏽", said(2)[1].Text)
	types("\x03")
	require.NoError(t, join.Wait())
	<-shown
	screen.await(t, "  parley join '"+room.HostLink().String()+"'\r\n")
	require.NoError(t, terminal.Close())
}
