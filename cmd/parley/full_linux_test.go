package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_on_a_full_disk_refuses_commands_until_there_is_room(t *testing.T) {
	t.Parallel()
	data := smallDisk(t)
	s := e2e.StartServer(t, data)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	from := session.Cursor(t)
	overSocket, overStream := session.Subscribe(t, e2e.WebSocket, from), session.Subscribe(t, e2e.EventStream, from)
	free := fillUp(t, data)
	acknowledged := fillWithMessages(t, session)
	full := session.Cursor(t)

	refused := map[string]string{"first": "when there is space", "second": "and once more"}
	for key, text := range refused {
		requireUnavailable(t, session, key, text+strings.Repeat(".", 30<<10))
	}
	received := overStream.AwaitSeq(t, sequenceOf(t, full))
	require.Equal(t, acknowledged, messageTexts(session.Messages(t)), "acknowledged messages can be read")
	late := session.Subscribe(t, e2e.EventStream, from)
	require.Equal(t, received, late.AwaitSeq(t, sequenceOf(t, full)), "and a new stream contains them")

	free()
	for range 2 {
		for key, text := range refused {
			answer, err := session.PostMessage(t.Context(), session.Host, key, text+strings.Repeat(".", 30<<10))
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, answer.Status, "%s", answer.Body)
		}
	}
	require.Len(t, messageTexts(session.Messages(t)), len(acknowledged)+len(refused), "each message once")
	end := sequenceOf(t, session.Cursor(t))
	require.Equal(t, overSocket.AwaitSeq(t, end), overStream.AwaitSeq(t, end))
	select {
	case <-s.Exited():
		t.Fatal("the server has exited")
	default:
	}
	s.Stop(t)
	verify := e2e.StartParley(t, "verify", data)
	require.Zero(t, verify.ExitCode(t), verify.Stderr)
}

func TestServe_whose_disk_is_full_of_attachments_refuses_these_and_nothing_else(t *testing.T) {
	t.Parallel()
	data := smallDisk(t)
	s := e2e.StartServer(t, data)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")
	content := strings.Repeat("x", 600<<10)
	var stored []protocol.Content
	for {
		a, err := upload(t, host, fmt.Sprint(len(stored)), content+fmt.Sprint(len(stored)))
		if err != nil {
			require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeStorageFull})
			break
		}
		stored = append(stored, a)
	}
	require.NotEmpty(t, stored)
	for i, a := range stored {
		block := []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: a.ID}}
		_, err := host.ChatWith(t.Context(), protocol.Chat{Text: fmt.Sprint(i), Content: block})
		require.NoError(t, err)
	}
	requireReady(t, s, http.StatusOK, `"ok"`)
	s.Kill()
	s = s.Restart(t)
	for i, a := range stored {
		requireAttachment(t, host, a, content+fmt.Sprint(i))
	}
	_, err := upload(t, host, "still full", content)
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeStorageFull})
	s.Stop(t)
}

func TestServe_is_not_ready_while_the_disk_is_full(t *testing.T) {
	t.Parallel()
	data := smallDisk(t)
	s := e2e.StartServer(t, data)
	requireReady(t, s, http.StatusOK, `"ok"`)
	free := fillUp(t, data)
	requireReady(t, s, http.StatusServiceUnavailable, "no room left")
	free()
	requireReady(t, s, http.StatusOK, `"ok"`)
	s.Stop(t)
}

// smallDisk mounts a file system of a few MiB. It skips the test unless it runs as root.
func smallDisk(t *testing.T) string {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m,mode=0700"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, 0)) })
	return dir
}

// fillUp fills a disk up to a small rest. free releases the space.
func fillUp(t *testing.T, dir string) (free func()) {
	var disk unix.Statfs_t
	require.NoError(t, unix.Statfs(dir, &disk))
	const left = 200 << 10
	filler := filepath.Join(dir, "filler")
	size := int64(disk.Bavail)*disk.Bsize - left
	require.NoError(t, os.WriteFile(filler, bytes.Repeat([]byte("x"), int(size)), 0o600))
	return func() { require.NoError(t, os.Remove(filler)) }
}

// fillWithMessages posts messages until the disk is full, and returns those that were
// acknowledged.
func fillWithMessages(t *testing.T, s e2e.Session) []string {
	var acknowledged []string
	for i := range 100 {
		text := fmt.Sprint(i, strings.Repeat(".", 20<<10))
		answer, err := s.PostMessage(t.Context(), s.Host, fmt.Sprint("talk ", i), text)
		require.NoError(t, err)
		if answer.Status != http.StatusOK {
			require.Equal(t, protocol.CodeJournalUnavailable, answer.ErrorCode())
			return acknowledged
		}
		acknowledged = append(acknowledged, text)
	}
	t.Fatal("the disk does not become full")
	return nil
}
