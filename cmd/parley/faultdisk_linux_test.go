package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/hubtest/faultdisk"
	"parley/protocol"
)

// failing makes some kinds of operation fail.
func failing(errno syscall.Errno, kinds ...faultdisk.Kind) func(faultdisk.Op) syscall.Errno {
	return func(op faultdisk.Op) syscall.Errno {
		for _, k := range kinds {
			if op.Kind == k {
				return errno
			}
		}
		return 0
	}
}

func TestServe_on_a_disk_that_fails_refuses_and_goes_on_once_it_works(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		name string
		fail func(faultdisk.Op) syscall.Errno
	}{
		{"at every write", failing(syscall.EIO, faultdisk.Write, faultdisk.Truncate)},
		{"at every sync", failing(syscall.EIO, faultdisk.Sync)},
		{"at every operation", func(faultdisk.Op) syscall.Errno { return syscall.EIO }},
		{"since it is full", failing(syscall.ENOSPC, faultdisk.Write, faultdisk.Create)},
		{"since it was remounted for reading only", failing(syscall.EROFS,
			faultdisk.Write, faultdisk.Truncate, faultdisk.Create, faultdisk.Remove, faultdisk.Rename)},
	} {
		t.Run(fault.name, func(t *testing.T) {
			d := faultdisk.Mount(t)
			s := e2e.StartServer(t, d.Dir)
			session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
			from := session.Cursor(t)
			overSocket, overStream := session.Subscribe(t, e2e.WebSocket, from), session.Subscribe(t, e2e.EventStream, from)
			var said []string
			for round := range 3 {
				said = append(said, sayOnce(t, session, fmt.Sprint("before ", round)))
				at := numberOf(t, session.Cursor(t))
				overSocket.AwaitSeq(t, at) // who still reads what is missed would be told to come back
				overStream.AwaitSeq(t, at)
				d.FailWith(fault.fail)
				key := fmt.Sprint("refused ", round)
				requireUnavailable(t, session, key, key)
				d.FailWith(nil)
				said = append(said, sayAgain(t, session, key))
			}
			require.Equal(t, said, texts(session.Messages(t)), "each once, and nothing that was refused")
			end := numberOf(t, session.Cursor(t))
			require.Equal(t, overSocket.AwaitSeq(t, end), overStream.AwaitSeq(t, end))
			requireSurvives(t, d, session, said)
		})
	}
}

func TestServe_on_a_disk_that_cannot_be_read_says_so_and_goes_on_once_it_can(t *testing.T) {
	t.Parallel()
	d := faultdisk.Mount(t)
	s := e2e.StartServer(t, d.Dir)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	said := []string{sayOnce(t, session, "one")}
	d.FailWith(failing(syscall.EIO, faultdisk.Read))
	answer, err := session.Call(t.Context(), e2e.Request{Path: session.Path("/messages"), As: session.Host})
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, answer.Status, "%s", answer.Body)
	require.Equal(t, protocol.CodeJournalUnavailable, answer.ErrorCode())
	d.FailWith(nil)
	said = append(said, sayAgain(t, session, "two"))
	require.Equal(t, said, texts(session.Messages(t)))
	requireSurvives(t, d, session, said)
}

func TestServe_killed_after_a_sync_that_failed_builds_on_nothing_that_is_not_on_the_disk(t *testing.T) {
	t.Parallel()
	d := faultdisk.Mount(t)
	s := e2e.StartServer(t, d.Dir)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	said := []string{sayOnce(t, session, "one")}
	d.FailWith(failing(syscall.EIO, faultdisk.Sync))
	requireUnavailable(t, session, "two", "two")
	s.Kill()
	d.FailWith(nil)
	s.Restart(t)
	said = append(said, sayOnce(t, session, "two"), sayOnce(t, session, "three"))
	require.Equal(t, said, texts(session.Messages(t)), "each once")
	requireSurvives(t, d, session, said)
}

// sayAgain repeats a command while the server says that it may be repeated.
func sayAgain(t *testing.T, s e2e.Session, text string) string {
	t.Helper()
	require.Eventually(t, func() bool {
		answer, err := s.PostMessage(t.Context(), s.Host, text, text)
		return err == nil && answer.Status == http.StatusOK
	}, e2e.Timeout, 20*time.Millisecond)
	return text
}

// requireSurvives cuts the power now, while the server runs, and looks at what
// another one finds on the disk: all that was said, and the same tokens.
func requireSurvives(t *testing.T, d *faultdisk.Disk, session e2e.Session, said []string) {
	t.Helper()
	log := d.Log()
	odd := 0
	for _, keep := range []func() bool{
		func() bool { return false },
		func() bool { return true },
		func() bool { odd++; return odd%2 == 1 },
	} {
		left := t.TempDir()
		for name, content := range faultdisk.After(log, keep) {
			path := filepath.Join(left, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, content, 0o600))
		}
		s := e2e.StartServer(t, left)
		session.API = s.API
		require.Equal(t, said, texts(session.Messages(t)))
		sayOnce(t, session, "after")
		s.Stop(t)
		verify := e2e.StartParley(t, "verify", left)
		require.Zero(t, verify.ExitCode(t), verify.Stderr)
	}
}
