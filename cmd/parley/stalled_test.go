package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

const (
	speakerCount = 10 // the rate limit applies to each
	// backlogRounds is a number of rounds, of ten messages of 30 KiB each, that exceed the
	// buffer of the system, 4 MiB on Linux, and the backlog of the server, 1 MiB.
	backlogRounds = 20
	// maxStalledMemory is how much more memory a server with a hundred connections may
	// occupy while one of them is far behind: a backlog of 1 MiB, data on its way to the
	// others, and garbage.
	maxStalledMemory = 32<<20 + ballastBytes
)

// A client that never reads is disconnected after the write time-out.
func TestServe_cuts_off_clients_that_do_not_read_and_no_others(t *testing.T) {
	t.Parallel()
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir()}.Start(t)
	a := newAudience(t, s, 99)
	stalled := a.session.Join(t, "stalled")
	a.stall(t, stalled)
	before := s.ResidentMemory(t)
	most := a.sendBacklog(t, s)
	a.requireAllRead(t)
	a.awaitPresence(t, stalled, false)
	t.Logf("the server occupied %d KiB before, and at most %d KiB", before>>10, most>>10)
	require.Less(t, most-before, maxStalledMemory)
	a.sendRound(t, backlogRounds, "clients that read are still connected")
	a.requireAllRead(t)
	s.Stop(t)
}

// A client that reads again before the write time-out receives the reason.
func TestServe_cuts_off_clients_that_fall_behind_with_a_reason(t *testing.T) {
	t.Parallel()
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir()}.Start(t)
	a := newAudience(t, s, speakerCount)
	late := a.session.Join(t, "late")
	client := a.stall(t, late)
	a.sendBacklog(t, s)
	require.Equal(t, protocol.CloseTooSlow, client.AwaitClose(t))
	a.awaitPresence(t, late, false)
	a.requireAllRead(t)
	s.Stop(t)
}

// audience is a session with many readers, some of whom send messages.
type audience struct {
	session  e2e.Session
	from     string
	speakers []e2e.Member
	readers  []*e2e.Reader
}

func newAudience(t *testing.T, s *e2e.Server, readers int) *audience {
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	a := &audience{session: session, from: session.Cursor(t)}
	for i := range readers {
		m := session.Join(t, fmt.Sprint("reader ", i))
		a.readers = append(a.readers, session.OpenReader(t, m, a.from))
		if i < speakerCount {
			a.speakers = append(a.speakers, m)
		}
	}
	return a
}

// sendBacklog sends more than a client that does not read can be behind, and returns the
// peak memory of the server.
func (a *audience) sendBacklog(t *testing.T, s *e2e.Server) (most int) {
	t.Helper()
	text := strings.Repeat(".", 30<<10)
	for round := range backlogRounds {
		a.sendRound(t, round, text)
		most = max(most, s.ResidentMemory(t))
	}
	return most
}

// sendRound sends one message from each speaker.
func (a *audience) sendRound(t *testing.T, round int, text string) {
	t.Helper()
	var sending sync.WaitGroup
	for _, m := range a.speakers {
		sending.Go(func() {
			answer, err := a.session.PostMessage(t.Context(), m, fmt.Sprint(round), text)
			assert.NoError(t, err)
			assert.Equal(t, http.StatusOK, answer.Status, "%s", answer.Body)
		})
	}
	sending.Wait()
	require.False(t, t.Failed())
}

// requireAllRead waits until all readers have read all events.
func (a *audience) requireAllRead(t *testing.T) {
	t.Helper()
	end := sequenceOf(t, a.session.Cursor(t))
	for _, r := range a.readers {
		r.AwaitSeq(t, end)
	}
}

// stall connects a client that reads nothing until the test ends.
func (a *audience) stall(t *testing.T, m e2e.Member) *e2e.StalledClient {
	t.Helper()
	c, err := a.session.ConnectStalled(t.Context(), m, a.from)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	a.awaitPresence(t, m, true)
	return c
}

func (a *audience) isPresent(t *testing.T, m e2e.Member) bool {
	t.Helper()
	w, err := a.session.Welcome(t.Context(), a.session.Host)
	require.NoError(t, err)
	return slices.Contains(w.Presence, m.ID)
}

func (a *audience) awaitPresence(t *testing.T, m e2e.Member, present bool) {
	t.Helper()
	require.Eventually(t, func() bool { return a.isPresent(t, m) == present }, 2*e2e.Timeout, 50*time.Millisecond)
}
