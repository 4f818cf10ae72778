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

// failing returns a fault that makes some kinds of operation fail.
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

func TestServe_on_a_failing_disk_refuses_commands_until_it_recovers(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		name string
		fail func(faultdisk.Op) syscall.Errno
	}{
		{"at every write", failing(syscall.EIO, faultdisk.Write, faultdisk.Truncate)},
		{"at every sync", failing(syscall.EIO, faultdisk.Sync)},
		{"at every operation", func(faultdisk.Op) syscall.Errno { return syscall.EIO }},
		{"because it is full", failing(syscall.ENOSPC, faultdisk.Write, faultdisk.Create)},
		{"because it was remounted read-only", failing(syscall.EROFS,
			faultdisk.Write, faultdisk.Truncate, faultdisk.Create, faultdisk.Remove, faultdisk.Rename)},
	} {
		t.Run(fault.name, func(t *testing.T) {
			d := faultdisk.Mount(t)
			s := e2e.StartServer(t, d.Dir)
			session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
			from := session.Cursor(t)
			overSocket, overStream := session.Subscribe(t, e2e.WebSocket, from), session.Subscribe(t, e2e.EventStream, from)
			var acknowledged []string
			for round := range 3 {
				acknowledged = append(acknowledged, postMessage(t, session, fmt.Sprint("before ", round)))
				at := sequenceOf(t, session.Cursor(t))
				overSocket.AwaitSeq(t, at) // a subscriber that is behind could not read the journal and would be disconnected
				overStream.AwaitSeq(t, at)
				d.FailWith(fault.fail)
				key := fmt.Sprint("refused ", round)
				requireUnavailable(t, session, key, key)
				d.FailWith(nil)
				acknowledged = append(acknowledged, retryMessage(t, session, key))
			}
			require.Equal(t, acknowledged, messageTexts(session.Messages(t)), "each message once, and none that was refused")
			end := sequenceOf(t, session.Cursor(t))
			require.Equal(t, overSocket.AwaitSeq(t, end), overStream.AwaitSeq(t, end))
			requireSurvives(t, d, session, acknowledged)
		})
	}
}

func TestServe_on_an_unreadable_disk_refuses_requests_until_it_recovers(t *testing.T) {
	t.Parallel()
	d := faultdisk.Mount(t)
	s := e2e.StartServer(t, d.Dir)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	acknowledged := []string{postMessage(t, session, "one")}
	d.FailWith(failing(syscall.EIO, faultdisk.Read))
	answer, err := session.Call(t.Context(), e2e.Request{Path: session.Path("/messages"), As: session.Host})
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, answer.Status, "%s", answer.Body)
	require.Equal(t, protocol.CodeJournalUnavailable, answer.ErrorCode())
	d.FailWith(nil)
	acknowledged = append(acknowledged, retryMessage(t, session, "two"))
	require.Equal(t, acknowledged, messageTexts(session.Messages(t)))
	requireSurvives(t, d, session, acknowledged)
}

func TestServe_killed_after_a_failed_sync_loads_only_durable_data(t *testing.T) {
	t.Parallel()
	d := faultdisk.Mount(t)
	s := e2e.StartServer(t, d.Dir)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	acknowledged := []string{postMessage(t, session, "one")}
	d.FailWith(failing(syscall.EIO, faultdisk.Sync))
	requireUnavailable(t, session, "two", "two")
	s.Kill()
	d.FailWith(nil)
	s.Restart(t)
	acknowledged = append(acknowledged, postMessage(t, session, "two"), postMessage(t, session, "three"))
	require.Equal(t, acknowledged, messageTexts(session.Messages(t)), "each message once")
	requireSurvives(t, d, session, acknowledged)
}

// retryMessage posts a message until the server accepts it.
func retryMessage(t *testing.T, s e2e.Session, text string) string {
	t.Helper()
	require.Eventually(t, func() bool {
		answer, err := s.PostMessage(t.Context(), s.Host, text, text)
		return err == nil && answer.Status == http.StatusOK
	}, e2e.Timeout, 20*time.Millisecond)
	return text
}

// requireSurvives simulates a power failure now, while the server runs. It checks that
// another server finds all acknowledged messages on the disk, and that tokens are valid.
func requireSurvives(t *testing.T, d *faultdisk.Disk, session e2e.Session, acknowledged []string) {
	t.Helper()
	log := d.Log()
	odd := 0
	for _, keep := range []func() bool{
		func() bool { return false },
		func() bool { return true },
		func() bool { odd++; return odd%2 == 1 },
	} {
		data := t.TempDir()
		for name, content := range faultdisk.After(log, keep) {
			path := filepath.Join(data, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, content, 0o600))
		}
		s := e2e.StartServer(t, data)
		session.API = s.API
		require.Equal(t, acknowledged, messageTexts(session.Messages(t)))
		postMessage(t, session, "after")
		s.Stop(t)
		verify := e2e.StartParley(t, "verify", data)
		require.Zero(t, verify.ExitCode(t), verify.Stderr)
	}
}
