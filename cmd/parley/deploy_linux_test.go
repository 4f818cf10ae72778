package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
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

// The image has no shell and no files but those that the Containerfile names, and its user can
// write to the volume alone. A changed root has the same.
func TestDeploy_the_image_needs_nothing_but_its_volume(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may change the root")
	}
	t.Parallel()
	file, err := os.ReadFile("deploy/Containerfile")
	require.NoError(t, err)
	command := slices.Concat(listIn(t, file, "ENTRYPOINT"), listIn(t, file, "CMD"))
	root, err := os.MkdirTemp("", "image") // of the parents of TempDir, other users can enter none
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(root)) })
	build := exec.Command("go", "build", "-o", filepath.Join(root, "parley"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	const user = 65532
	require.NoError(t, os.Mkdir(filepath.Join(root, "data"), 0o700))
	require.NoError(t, os.Chown(filepath.Join(root, "data"), user, user))
	require.NoError(t, os.Chmod(root, 0o555))

	address := e2e.FreeAddress(t)
	require.Contains(t, command, "0.0.0.0:7777")
	command[slices.Index(command, "0.0.0.0:7777")] = address
	p := e2e.Start(t, e2e.Command{
		Path: command[0], Args: append(command[1:], "--protected"), Dir: "/", Env: []string{"HOME=", "PARLEY_CONFIG="},
		Sys: &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: user, Gid: user}},
	})
	require.Contains(t, p.Stdout.Await(t, signInLink)[1], address)
	p.Stderr.Await(t, "parley is ready")
	answer, err := e2e.API{URL: "http://" + address}.Call(t.Context(), e2e.Request{Path: "/readyz"})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
	p.Signal(t, os.Interrupt)
	require.Zero(t, p.ExitCode(t), p.Stderr)
}

// listIn returns the list of an instruction of a Containerfile.
func listIn(t *testing.T, file []byte, instruction string) (list []string) {
	t.Helper()
	_, rest, found := bytes.Cut(file, []byte("\n"+instruction+" "))
	require.True(t, found, instruction)
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	require.NoError(t, json.Unmarshal(line, &list))
	return list
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
