package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// A server that may open few files keeps some for the journal, its agents and the people who
// are in, however many connections strangers open and keep: half a request, nothing at all, or
// a request and then silence.
func TestServe_keeps_a_reserve_of_files_for_those_who_are_in(t *testing.T) {
	t.Parallel()
	const files = 160
	script := filepath.Join(t.TempDir(), "parley.sh")
	require.NoError(t, os.WriteFile(script, fmt.Appendf(nil, "#!/bin/sh\nulimit -n %d\nexec %s \"$@\"\n", files, buildParley(t)), 0o700))
	s := e2e.ServerConfig{Program: script, Data: t.TempDir(), Flags: []string{"--agent", "child=" + buildParley(t) + " demo-agent"}}.Start(t)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")

	var strangers []net.Conn
	t.Cleanup(func() {
		for _, c := range strangers {
			_ = c.Close()
		}
	})
	requests := []string{"", "GET / HTTP/1.1\r\nHos", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"}
	for i := range 3 * files {
		c, err := net.DialTimeout("tcp", s.Address, e2e.Timeout)
		require.NoError(t, err)
		strangers = append(strangers, c)
		_, _ = c.Write([]byte(requests[i%len(requests)])) // the server may have closed it
	}

	_, err := host.ChatWith(t.Context(), protocol.Chat{Text: "still here"})
	require.NoError(t, err)
	guest := e2e.Connect(t, session.InviteLink(), "gil")
	_, err = guest.ChatWith(t.Context(), protocol.Chat{Text: "and others can join"})
	require.NoError(t, err)
	s.StartAgent(t, "child") // a process needs pipes
	require.Eventually(t, func() bool {
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.PID))
		return err == nil && len(open) < files
	}, e2e.Timeout, 10*time.Millisecond)
	require.NotContains(t, s.Stderr.String(), "too many open files")
	s.Stop(t)
}
