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

func TestDemo_is_joined_from_two_terminals(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	demo := e2e.Start(t, e2e.Command{Args: []string{"demo", "--listen", e2e.FreeAddress(t)}, Env: []string{"TMPDIR=" + temp}})
	begun := time.Now()
	mine := demo.Out.Await(t, `You, the host: +(http\S+)`)[1]
	invite := demo.Out.Await(t, `Invite others: +(http\S+)`)[1]
	require.Less(t, time.Since(begun), 10*time.Second)
	demo.Out.Await(t, `These links work on this machine only`)

	ben := e2e.Start(t, e2e.Command{Args: []string{"join", invite, "--name", "Ben"}, Stdin: true})
	ben.Out.Await(t, `you are Ben, collaborator`)
	host := e2e.Start(t, e2e.Command{Args: []string{"join", mine}, Stdin: true})
	host.Out.Await(t, `you are Host, host`)

	ben.Type(t, "good morning")
	host.Out.Await(t, `Ben: good morning`)
	host.Type(t, "what shall we ask?")
	ben.Out.Await(t, `Host: what shall we ask\?`)
	ben.Type(t, "/prompt permission to clean up, please")
	host.Out.Await(t, `Ben proposes: permission to clean up, please`)
	host.Type(t, "/approve")
	ben.Out.Await(t, `agent: I would like to clean up\. That deletes files, so I ask first\.`)
	ben.Out.Await(t, `the agent asks to: rm -r build`)
	host.Out.Await(t, `the agent asks to: rm -r build`)
	host.Type(t, "/allow")
	ben.Out.Await(t, `agent: Cleaned up\.`)

	ben.Type(t, "/leave")
	require.Zero(t, ben.Code(t), ben.Err)
	host.Out.Await(t, `Ben .*left`)
	host.Type(t, "/quit")
	require.Zero(t, host.Code(t), host.Err)
	host.Out.Await(t, `parley join '\S+#p=\S+'`)

	requireNotEmpty(t, temp)
	demo.Signal(t, syscall.SIGINT)
	require.Zero(t, demo.Code(t), demo.Err)
	require.Contains(t, demo.Out.String(), "goodbye")
	require.Empty(t, demo.Err.String(), "a demo that goes well is quiet")
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, left, "the temporary directory is left over")
}

func requireNotEmpty(t *testing.T, temp string) {
	t.Helper()
	made, err := filepath.Glob(filepath.Join(temp, "parley-demo-*", "journal.db"))
	require.NoError(t, err)
	require.Len(t, made, 1)
}

func TestDemo_beside_another_server_takes_another_port(t *testing.T) {
	t.Parallel()
	if other, err := net.Listen("tcp", "127.0.0.1:7777"); err == nil {
		defer other.Close() // else somebody has it already, which does as well
	}
	demo := e2e.Parley(t, "demo")
	link := demo.Out.Await(t, `Invite others: +(http\S+)`)[1]
	require.NotContains(t, link, ":7777/")
	require.Contains(t, demo.Err.String(), "127.0.0.1:7777 is taken; the demo uses another port.")
	demo.Signal(t, syscall.SIGTERM)
	require.Zero(t, demo.Code(t), demo.Err)
}

func TestDemo_with_data_keeps_it(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "kept")
	demo := e2e.Parley(t, "demo", "--listen", "127.0.0.1:0", "--data", data)
	demo.Out.Await(t, `Ctrl-C stops the demo`)
	demo.Signal(t, syscall.SIGTERM)
	require.Zero(t, demo.Code(t), demo.Err)
	verify := e2e.Parley(t, "verify", data)
	require.Zero(t, verify.Code(t), verify.Err)
	require.Contains(t, verify.Out.String(), "sound: 2 sessions")
}
