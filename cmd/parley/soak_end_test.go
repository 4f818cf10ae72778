package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

const (
	// keptMemory is what a server may occupy more when all is over than before it
	// began: what Go's runtime has at hand, and SQLite's caches.
	keptMemory = 48 << 20
	// Beside the events as clients are shown them the data hold what is private,
	// the agents' turns, numbers, hashes and an index.
	dataPerStored = 2
	dataBeside    = 8 << 20
	// verifyTakes bounds the check of all that: the race detector makes SQLite
	// some twenty times slower.
	verifyTakes = 10 * time.Minute
)

// requireNothingLost lets everybody settle, and ends the agents.
func (o *ordeal) requireNothingLost(t *testing.T) {
	t.Helper()
	for _, c := range o.crowds {
		c.requireNothingLost(t)
		for _, event := range c.session.MustEvents(t, c.from) {
			o.stored += len(event)
		}
		end := e2e.Request{Method: http.MethodDelete, Path: "/api/sessions/" + c.session.Agent}
		e2e.MustCall[any](t, o.server.API, end)
	}
	o.network.Close()
	e2e.CloseIdleConnections()
}

// requireNothingKept checks that the server holds no more than before.
func (o *ordeal) requireNothingKept(t *testing.T) {
	t.Helper()
	debug := o.server.Profiles(t)
	debug.AwaitUsage(t, o.before)
	debug.CollectGarbage(t)
	now := o.server.AwaitResidentMemory(t, o.memory+keptMemory)
	t.Logf("the server occupied %d KiB, and occupies %d KiB", o.memory>>10, now>>10)
}

// requireDataIsWhatIsStored stops the server and checks that its data are sound
// and no more than what happened.
func (o *ordeal) requireDataIsWhatIsStored(t *testing.T) {
	t.Helper()
	o.server.Stop(t)
	size := o.dataSize(t)
	t.Logf("%d KiB of events, %d KiB of data: %.2f times", o.stored>>10, size>>10, float64(size)/float64(o.stored))
	require.Less(t, float64(size), dataPerStored*float64(o.stored)+dataBeside)
	verify := e2e.StartParley(t, "verify", o.server.Data)
	require.Zero(t, verify.ExitCodeWithin(t, verifyTakes), verify.Stderr)
}

func (o *ordeal) dataSize(t *testing.T) int {
	t.Helper()
	size := 0
	files, err := filepath.Glob(filepath.Join(o.server.Data, "journal.*"))
	require.NoError(t, err)
	for _, f := range files {
		if info, err := os.Stat(f); err == nil { // else it was removed meanwhile
			size += int(info.Size())
		}
	}
	return size
}
