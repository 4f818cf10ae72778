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
	talkers = 10 // each may only send so much
	// farBehind is how many rounds of ten messages of 30 KiB are more than the
	// system keeps for a connection, 4 MiB on Linux, and the backlog of 1 MiB.
	farBehind = 20
	// stalledMemory is what a server with a hundred connections may take more
	// while one of them is far behind: a backlog of 1 MiB, what is on its way to the
	// others, and the garbage that lies.
	stalledMemory = 32<<20 + ballastBytes
)

// A client that never reads is gone once a write to it has waited long enough.
func TestServe_cuts_off_clients_that_do_not_read_and_nobody_else(t *testing.T) {
	t.Parallel()
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir()}.Start(t)
	a := newAudience(t, s, 99)
	stone := a.session.Join(t, "stone")
	a.stall(t, stone)
	before := s.ResidentMemory(t)
	most := a.fallBehind(t, s)
	a.requireHeard(t)
	a.awaitPresence(t, stone, false)
	t.Logf("the server occupied %d KiB before, and %d KiB at the most", before>>10, most>>10)
	require.Less(t, most-before, stalledMemory)
	a.say(t, farBehind, "those who read are still there")
	a.requireHeard(t)
	s.Stop(t)
}

// One that reads again within half a minute, but too late, is told so.
func TestServe_cuts_off_clients_that_fall_behind_with_a_reason(t *testing.T) {
	t.Parallel()
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir()}.Start(t)
	a := newAudience(t, s, talkers)
	sleeper := a.session.Join(t, "sleeper")
	asleep := a.stall(t, sleeper)
	a.fallBehind(t, s)
	require.Equal(t, protocol.CloseTooSlow, asleep.AwaitClose(t))
	a.awaitPresence(t, sleeper, false)
	a.requireHeard(t)
	s.Stop(t)
}

// audience is a room with many who read and some who talk.
type audience struct {
	session e2e.Session
	from    string
	talkers []e2e.Member
	readers []*e2e.Reader
}

func newAudience(t *testing.T, s *e2e.Server, readers int) *audience {
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	a := &audience{session: session, from: session.Cursor(t)}
	for i := range readers {
		m := session.Join(t, fmt.Sprint("reader ", i))
		a.readers = append(a.readers, session.OpenReader(t, m, a.from))
		if i < talkers {
			a.talkers = append(a.talkers, m)
		}
	}
	return a
}

// fallBehind says more than a client that does not read can be behind, and
// returns what the server occupied at the most.
func (a *audience) fallBehind(t *testing.T, s *e2e.Server) (most int) {
	t.Helper()
	text := strings.Repeat(".", 30<<10)
	for round := range farBehind {
		a.say(t, round, text)
		most = max(most, s.ResidentMemory(t))
	}
	return most
}

// say has all talkers say something, each once.
func (a *audience) say(t *testing.T, round int, text string) {
	t.Helper()
	var talking sync.WaitGroup
	for _, m := range a.talkers {
		talking.Go(func() {
			answer, err := a.session.PostMessage(t.Context(), m, fmt.Sprint(round), text)
			assert.NoError(t, err)
			assert.Equal(t, http.StatusOK, answer.Status, "%s", answer.Body)
		})
	}
	talking.Wait()
	require.False(t, t.Failed())
}

// requireHeard waits until all who read have read everything.
func (a *audience) requireHeard(t *testing.T) {
	t.Helper()
	end := numberOf(t, a.session.Cursor(t))
	for _, r := range a.readers {
		r.AwaitSeq(t, end)
	}
}

// stall lets somebody come who reads nothing, and goes with the test.
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
