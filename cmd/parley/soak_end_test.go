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
	// maxExtraMemory is how much more memory a server may occupy at the end than before:
	// free memory of the Go runtime, and caches of SQLite.
	maxExtraMemory = 48 << 20
	// Beside the public events the data directory contains private data, the turns of
	// agents, numbers, hashes and an index.
	maxDataRatio = 2
	maxExtraData = 8 << 20
	// verifyTimeout bounds the check of the data. The race detector makes SQLite about
	// twenty times slower.
	verifyTimeout = 10 * time.Minute
)

// requireNothingLost checks all groups, and ends the agents.
func (o *soakRun) requireNothingLost(t *testing.T) {
	t.Helper()
	for _, c := range o.groups {
		c.requireNothingLost(t)
		for _, event := range c.session.MustEvents(t, c.session.Host, c.from) {
			o.stored += len(event)
		}
		end := e2e.Request{Method: http.MethodDelete, Path: "/api/sessions/" + c.session.Agent}
		e2e.MustCall[any](t, o.server.API, end)
	}
	o.network.Close()
	e2e.CloseIdleConnections()
}

// requireNothingKept checks that the server uses no more resources than before.
func (o *soakRun) requireNothingKept(t *testing.T) {
	t.Helper()
	debug := o.server.Profiles(t)
	debug.AwaitUsage(t, o.before)
	debug.CollectGarbage(t)
	now := o.server.AwaitResidentMemory(t, o.memory+maxExtraMemory)
	t.Logf("the server occupied %d KiB before, and occupies %d KiB now", o.memory>>10, now>>10)
}

// requireDataIsWhatIsStored stops the server and checks that its data is undamaged and not
// much larger than the events.
func (o *soakRun) requireDataIsWhatIsStored(t *testing.T) {
	t.Helper()
	o.server.Stop(t)
	size := o.dataSize(t)
	t.Logf("%d KiB of events, %d KiB of data: %.2f times", o.stored>>10, size>>10, float64(size)/float64(o.stored))
	require.Less(t, float64(size), maxDataRatio*float64(o.stored)+maxExtraData)
	verify := e2e.StartParley(t, "verify", o.server.Data)
	require.Zero(t, verify.ExitCodeWithin(t, verifyTimeout), verify.Stderr)
}

// dataSize returns the size of the journal in bytes.
func (o *soakRun) dataSize(t *testing.T) int {
	t.Helper()
	size := 0
	files, err := filepath.Glob(filepath.Join(o.server.Data, "journal.*"))
	require.NoError(t, err)
	for _, f := range files {
		if info, err := os.Stat(f); err == nil { // otherwise the file has been removed
			size += int(info.Size())
		}
	}
	return size
}
