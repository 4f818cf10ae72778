package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/cli"
	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// A client that does not answer the close frame of its WebSocket makes the server wait.
func TestServe_ends_at_once_at_the_second_signal(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	conn, err := net.Dial("tcp", s.Address)
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: parley.v1\r\n\r\n",
		session.Path("/ws"), s.Address)
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, answer.StatusCode)

	s.Signal(t, syscall.SIGINT)
	s.Stderr.Await(t, "stopping")
	s.Signal(t, syscall.SIGINT)
	require.Equal(t, cli.ExitInterrupted, s.ExitCode(t))
	verify := e2e.StartParley(t, "verify", s.Data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
}

func TestServe_goes_on_when_nobody_reads_its_log(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	require.NoError(t, err)
	address := e2e.FreeAddress(t)
	cmd := exec.CommandContext(t.Context(), "parley", "serve", "--data", t.TempDir(), "--listen", address, "--log-level", "debug")
	cmd.Stderr = write
	require.NoError(t, cmd.Start())
	require.NoError(t, write.Close())
	_, err = bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, read.Close())

	health := func() bool {
		answer, err := e2e.API{URL: "http://" + address}.Call(t.Context(), e2e.Request{Path: "/healthz"})
		return err == nil && answer.Status == http.StatusOK
	}
	require.Eventually(t, health, e2e.Timeout, 20*time.Millisecond)
	for range 10 { // each request is logged
		require.True(t, health())
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait())
}
