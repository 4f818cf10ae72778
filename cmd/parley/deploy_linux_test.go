package main

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

// systemd returns the path of a program of systemd, or skips the test.
func systemd(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skip(err)
	}
	return path
}

func TestDeploy_systemd_accepts_the_units(t *testing.T) {
	t.Parallel()
	analyze, parley := systemd(t, "systemd-analyze"), systemd(t, "parley")
	dir := t.TempDir()
	for _, name := range []string{"parley.service", "parley.socket"} {
		unit, err := os.ReadFile(filepath.Join("deploy", name))
		require.NoError(t, err)
		unit = bytes.Replace(unit, []byte("/usr/local/bin/parley"), []byte(parley), 1)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), unit, 0o600))
	}
	out, err := exec.Command(analyze, "verify", "--man=no", filepath.Join(dir, "parley.service"), filepath.Join(dir, "parley.socket")).CombinedOutput()
	require.NoError(t, err, string(out))
	for line := range strings.Lines(string(out)) {
		require.NotContains(t, line, "parley.s", "systemd complains")
	}
	// The exposure level is from 0, best, to 10.0, worst; the threshold is ten times that.
	out, err = exec.Command(analyze, "security", "--offline=true", "--no-pager", "--threshold=30", filepath.Join(dir, "parley.service")).CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestServe_takes_the_socket_of_systemd_and_reports_its_state(t *testing.T) {
	t.Parallel()
	activate := systemd(t, "systemd-socket-activate")
	notifications := filepath.Join(t.TempDir(), "notify")
	states, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: notifications, Net: "unixgram"})
	require.NoError(t, err)
	defer states.Close()
	address, data := e2e.FreeAddress(t), filepath.Join(t.TempDir(), "data")
	p := e2e.Start(t, e2e.Command{
		Path: activate,
		Args: []string{"-l", address, "-E", "NOTIFY_SOCKET=" + notifications, "-E", "PATH", "-E", "HOME", "parley", "serve", "--data", data, "--listen", "192.0.2.1:1"},
	})
	p.Stderr.Await(t, "Listening on")
	answer, err := e2e.API{URL: "http://" + address}.Call(t.Context(), e2e.Request{Path: "/readyz"}) // starts the server
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
	require.Equal(t, "READY=1", nextState(t, states))
	p.Signal(t, os.Interrupt)
	require.Equal(t, "STOPPING=1", nextState(t, states))
	require.Zero(t, p.ExitCode(t))
}

// nextState returns the next state that a service reports to systemd.
func nextState(t *testing.T, from *net.UnixConn) string {
	t.Helper()
	require.NoError(t, from.SetReadDeadline(time.Now().Add(e2e.Timeout)))
	var buffer [1 << 10]byte
	n, err := from.Read(buffer[:])
	require.NoError(t, err)
	return string(buffer[:n])
}
