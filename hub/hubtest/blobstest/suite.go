package blobstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/blobs"
	"parley/hub/journal"
)

// Opened is a store of the suite.
type Opened struct {
	blobs.Store
	// Reopen returns the store as it is after the process was killed.
	Reopen func(t *testing.T) blobs.Store
}

// limits of the stores in the suite, in bytes.
var limits = blobs.Limits{File: 100 << 10, Session: 300 << 10, Total: 500 << 10}

var (
	one, two, three = journal.SessionID{1}, journal.SessionID{2}, journal.SessionID{3}
	noon            = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
)

// RunStoreSuite tests an implementation. open returns an empty store with limits.
func RunStoreSuite(t *testing.T, open func(t *testing.T, limits blobs.Limits) Opened) {
	for name, test := range map[string]func(t *testing.T, s Opened){
		"an acknowledged file survives a kill":                   survivesAKill,
		"files of one session are not those of another":          keepsSessionsApart,
		"equal contents are stored once and deleted last":        storesEqualContentsOnce,
		"a content that fails or has another size is not stored": refusesIncompleteContents,
		"an id that is not one names no file":                    refusesStrangeIDs,
		"limits of a file, a session and the store":              keepsLimits,
		"room is free again after a failure and a deletion":      releasesRoom,
		"a file is deleted unless it was used since or is kept":  deletesUnused,
		"a deleted file stays readable where it is open":         readsDeleted,
		"many uploads at once":                                   storesAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t, limits))
		})
	}
}

func put(t *testing.T, s blobs.Store, session journal.SessionID, id, content string) blobs.File {
	t.Helper()
	f, err := s.Put(t.Context(), session, describe(id), strings.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	return f
}

func describe(id string) blobs.File {
	return blobs.File{ID: id, Name: "name of " + id, MimeType: "text/plain", Width: 1, Height: 2, By: "ben", After: 7, Used: noon}
}

func requireContent(t *testing.T, s blobs.Store, session journal.SessionID, id, want string) {
	t.Helper()
	content, err := s.Open(t.Context(), session, id)
	require.NoError(t, err)
	got, err := io.ReadAll(content)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
	require.NoError(t, content.Close())
}

func requireNoFile(t *testing.T, s blobs.Store, session journal.SessionID, id string) {
	t.Helper()
	_, err := s.File(t.Context(), session, id)
	require.ErrorIs(t, err, blobs.ErrNotFound)
	_, err = s.Open(t.Context(), session, id)
	require.ErrorIs(t, err, blobs.ErrNotFound)
	require.ErrorIs(t, s.Touch(t.Context(), session, id, noon, true), blobs.ErrNotFound)
}

func survivesAKill(t *testing.T, s Opened) {
	want := describe("a")
	sum := sha256.Sum256([]byte("content"))
	want.Size, want.SHA256 = 7, hex.EncodeToString(sum[:])
	require.Equal(t, want, put(t, s, one, "a", "content"))
	require.NoError(t, s.Touch(t.Context(), one, "a", noon.Add(time.Hour), true))
	want.Used, want.Keep = noon.Add(time.Hour), true

	again := s.Reopen(t)
	got, err := again.File(t.Context(), one, "a")
	require.NoError(t, err)
	require.Equal(t, want, got)
	requireContent(t, again, one, "a", "content")
	sessions, err := again.Sessions(t.Context())
	require.NoError(t, err)
	require.Equal(t, []journal.SessionID{one}, sessions)
}

func keepsSessionsApart(t *testing.T, s Opened) {
	a := put(t, s, one, "a", "content")
	put(t, s, two, "b", "content")
	requireNoFile(t, s, two, "a")
	requireNoFile(t, s, two, a.SHA256)
	requireNoFile(t, s, one, a.SHA256)
	requireNoFile(t, s, three, "a")
	require.NoError(t, s.DeleteSession(t.Context(), one))
	requireNoFile(t, s, one, "a")
	requireContent(t, s, two, "b", "content")
	require.NoError(t, s.DeleteSession(t.Context(), three), "without files")
	requireContent(t, s.Reopen(t), two, "b", "content")
}

func storesEqualContentsOnce(t *testing.T, s Opened) {
	a, b := put(t, s, one, "a", "content"), put(t, s, one, "b", "content")
	require.Equal(t, a.SHA256, b.SHA256)
	require.NoError(t, s.Delete(t.Context(), one, "a", noon.Add(time.Second)))
	requireNoFile(t, s, one, "a")
	requireContent(t, s.Reopen(t), one, "b", "content")
}

func refusesIncompleteContents(t *testing.T, s Opened) {
	broken := errors.New("the connection is gone")
	_, err := s.Put(t.Context(), one, describe("a"), io.MultiReader(strings.NewReader("con"), iotest.ErrReader(broken)), 7)
	require.ErrorIs(t, err, broken)
	for _, size := range []int64{6, 8} {
		_, err = s.Put(t.Context(), one, describe("a"), strings.NewReader("content"), size)
		require.ErrorIs(t, err, blobs.ErrIncomplete)
	}
	requireNoFile(t, s, one, "a")
	_, err = s.Put(t.Context(), one, describe("a"), strings.NewReader("content"), -1)
	require.NoError(t, err)
	requireContent(t, s, one, "a", "content")
	requireContent(t, s.Reopen(t), one, "a", "content")
}

func refusesStrangeIDs(t *testing.T, s Opened) {
	put(t, s, one, "a", "content")
	for _, id := range []string{"", ".", "..", "a.json", "../a", "a/../a", "/a", "a\x00", "../" + one.String() + "/a", strings.Repeat("a", 300)} {
		_, err := s.File(t.Context(), two, id)
		require.ErrorIs(t, err, blobs.ErrNotFound, "%q", id)
		_, err = s.Put(t.Context(), two, describe(id), strings.NewReader(""), 0)
		require.Error(t, err, "%q", id)
	}
}

func keepsLimits(t *testing.T, s Opened) {
	large := bytes.Repeat([]byte("x"), int(limits.File)+1)
	for _, size := range []int64{int64(len(large)), -1} {
		_, err := s.Put(t.Context(), one, describe("a"), bytes.NewReader(large), size)
		require.ErrorIs(t, err, blobs.ErrTooLarge)
	}
	store := func(session journal.SessionID, id string, size int64) error {
		_, err := s.Put(t.Context(), session, describe(id), bytes.NewReader(large[:size]), size)
		return err
	}
	for i := range 3 {
		require.NoError(t, store(one, fmt.Sprint(i), limits.File))
	}
	require.ErrorIs(t, store(one, "x", 1), blobs.ErrSessionFull)
	for i := range 12 {
		require.NoError(t, store(two, fmt.Sprint(i), 0), "an empty file counts as %d bytes", blobs.MinCharge)
	}
	require.ErrorIs(t, store(three, "x", limits.File), blobs.ErrFull)
	_, err := s.Put(t.Context(), three, describe("x"), strings.NewReader("x"), -1)
	require.ErrorIs(t, err, blobs.ErrFull, "a file of unknown size needs room for the largest")

	again := s.Reopen(t)
	_, err = again.Put(t.Context(), one, describe("x"), strings.NewReader("x"), 1)
	require.ErrorIs(t, err, blobs.ErrSessionFull, "also after a restart")
}

func releasesRoom(t *testing.T, s Opened) {
	for i := range 20 {
		id := fmt.Sprint(i)
		_, err := s.Put(t.Context(), one, describe(id), iotest.ErrReader(io.ErrUnexpectedEOF), limits.File)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		put(t, s, one, id, strings.Repeat("x", int(limits.File)))
		require.NoError(t, s.Delete(t.Context(), one, id, noon.Add(time.Second)))
	}
	for i := range 3 {
		put(t, s, one, fmt.Sprint(i), strings.Repeat("x", int(limits.File)))
	}
	require.NoError(t, s.DeleteSession(t.Context(), one))
	for i := range 3 {
		put(t, s, one, fmt.Sprint(i), strings.Repeat("x", int(limits.File)))
	}
}

func deletesUnused(t *testing.T, s Opened) {
	for _, id := range []string{"unused", "used", "kept"} {
		put(t, s, one, id, id)
	}
	require.NoError(t, s.Touch(t.Context(), one, "used", noon.Add(time.Hour), false))
	require.NoError(t, s.Touch(t.Context(), one, "kept", noon, true))
	require.NoError(t, s.Touch(t.Context(), one, "kept", noon, false), "once kept, it stays so")
	files, err := s.Files(t.Context(), one)
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, id := range []string{"unused", "used", "kept", "none"} {
		require.NoError(t, s.Delete(t.Context(), one, id, noon.Add(time.Minute)))
	}
	again := s.Reopen(t)
	requireNoFile(t, again, one, "unused")
	requireContent(t, again, one, "used", "used")
	requireContent(t, again, one, "kept", "kept")
}

func readsDeleted(t *testing.T, s Opened) {
	put(t, s, one, "a", "content")
	content, err := s.Open(t.Context(), one, "a")
	require.NoError(t, err)
	defer content.Close()
	require.NoError(t, s.DeleteSession(t.Context(), one))
	got, err := io.ReadAll(content)
	require.NoError(t, err)
	require.Equal(t, "content", string(got))
}

func storesAtOnce(t *testing.T, s Opened) {
	var uploads sync.WaitGroup
	for i := range 16 {
		uploads.Go(func() {
			session := journal.SessionID{byte(i % 4)}
			content := strings.Repeat(fmt.Sprint(i%2), 1000)
			_, err := s.Put(t.Context(), session, describe(fmt.Sprint(i)), strings.NewReader(content), -1)
			if err == nil && i >= 8 {
				err = s.Delete(t.Context(), session, fmt.Sprint(i), noon.Add(time.Second))
			}
			if errors.Is(err, blobs.ErrFull) || errors.Is(err, blobs.ErrSessionFull) {
				return // the sizes are unknown, so each reserves the limit of a file
			}
			if err != nil {
				t.Errorf("upload %d: %v", i, err)
			}
		})
	}
	uploads.Wait()
	again := s.Reopen(t)
	sessions, err := again.Sessions(t.Context())
	require.NoError(t, err)
	for _, session := range sessions {
		files, err := again.Files(t.Context(), session)
		require.NoError(t, err)
		for _, f := range files {
			requireContent(t, again, session, f.ID, contentOf(f.ID))
		}
	}
}

// contentOf returns the content of an upload of storesAtOnce.
func contentOf(id string) string {
	var i int
	fmt.Sscan(id, &i)
	return strings.Repeat(fmt.Sprint(i%2), 1000)
}
