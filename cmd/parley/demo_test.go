package main

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

func TestDemo_prints_links_with_its_public_URL(t *testing.T) {
	t.Parallel()
	demo := e2e.StartParley(t, "demo", "--listen", e2e.FreeAddress(t), "--public-url", "https://parley.example.com/team/")
	demo.Stdout.Await(t, `You, the host: +https://parley\.example\.com/team/s/\S+#p=`)
	demo.Stdout.Await(t, `Invite others: +https://parley\.example\.com/team/s/\S+#i=`)
	demo.Stdout.Await(t, `Ctrl-C stops`)
	require.NotContains(t, demo.Stdout.String(), "this machine only")
}

func TestDemo_can_be_joined_from_two_terminals(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	demo := e2e.Start(t, e2e.Command{Args: []string{"demo", "--listen", e2e.FreeAddress(t)}, Env: []string{"TMPDIR=" + temp}})
	begun := time.Now()
	mine := demo.Stdout.Await(t, `You, the host: +(http\S+)`)[1]
	invite := demo.Stdout.Await(t, `Invite others: +(http\S+)`)[1]
	require.Less(t, time.Since(begun), 10*time.Second)
	demo.Stdout.Await(t, `These links work on this machine only`)

	ben := e2e.Start(t, e2e.Command{Args: []string{"join", invite, "--name", "Ben"}, Stdin: true})
	ben.Stdout.Await(t, `you are Ben, collaborator`)
	host := e2e.Start(t, e2e.Command{Args: []string{"join", mine}, Stdin: true})
	host.Stdout.Await(t, `you are Host, host`)

	ben.WriteLine(t, "good morning")
	host.Stdout.Await(t, `Ben: good morning`)
	host.WriteLine(t, "what shall we ask?")
	ben.Stdout.Await(t, `Host: what shall we ask\?`)
	ben.WriteLine(t, "/prompt permission to clean up, please")
	host.Stdout.Await(t, `Ben proposes: permission to clean up, please`)
	host.WriteLine(t, "/approve")
	ben.Stdout.Await(t, `agent: I would like to clean up\. That deletes files, so I ask first\.`)
	ben.Stdout.Await(t, `the agent asks to: rm -r build`)
	host.Stdout.Await(t, `the agent asks to: rm -r build`)
	host.WriteLine(t, "/allow")
	ben.Stdout.Await(t, `agent: Cleaned up\.`)

	ben.WriteLine(t, "/leave")
	require.Zero(t, ben.ExitCode(t), ben.Stderr)
	host.Stdout.Await(t, `Ben .*left`)
	host.WriteLine(t, "/quit")
	require.Zero(t, host.ExitCode(t), host.Stderr)
	host.Stdout.Await(t, `parley join '\S+#p=\S+'`)

	requireNotEmpty(t, temp)
	demo.Signal(t, syscall.SIGINT)
	require.Zero(t, demo.ExitCode(t), demo.Stderr)
	require.Contains(t, demo.Stdout.String(), "goodbye")
	require.Empty(t, demo.Stderr.String(), "a demo without errors logs nothing")
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, left, "the temporary directory is left over")
}

// requireNotEmpty checks that the demo keeps its data in a temporary directory.
func requireNotEmpty(t *testing.T, temp string) {
	t.Helper()
	made, err := filepath.Glob(filepath.Join(temp, "parley-demo-*", "journal.db"))
	require.NoError(t, err)
	require.Len(t, made, 1)
}

func TestDemo_listens_on_another_port_beside_a_server(t *testing.T) {
	t.Parallel()
	if other, err := net.Listen("tcp", "127.0.0.1:7777"); err == nil {
		defer other.Close() // otherwise another process listens on it, which has the same effect
	}
	demo := e2e.StartParley(t, "demo")
	link := demo.Stdout.Await(t, `Invite others: +(http\S+)`)[1]
	require.NotContains(t, link, ":7777/")
	require.Contains(t, demo.Stderr.String(), "127.0.0.1:7777 is in use; the demo listens on another port.")
	demo.Signal(t, syscall.SIGTERM)
	require.Zero(t, demo.ExitCode(t), demo.Stderr)
}

func TestDemo_keeps_its_data_in_a_named_directory(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "kept")
	demo := e2e.StartParley(t, "demo", "--listen", "127.0.0.1:0", "--data", data)
	demo.Stdout.Await(t, `Ctrl-C stops the demo`)
	demo.Signal(t, syscall.SIGTERM)
	require.Zero(t, demo.ExitCode(t), demo.Stderr)
	verify := e2e.StartParley(t, "verify", data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
	require.Contains(t, verify.Stdout.String(), "sound: 2 sessions")
}
