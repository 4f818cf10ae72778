package sqlite

import (
	"bytes"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/faultdisk"
	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
)

// acknowledged notes in a disk's log that an event's commit has resolved.
type acknowledged struct {
	session journal.SessionID
	head    journal.Head
}

// recordRun lets a few sessions append, each waiting for its commits. It returns
// the operations on the disk, and between them a note of each acknowledged event.
func recordRun(t *testing.T, synchronous string) []faultdisk.Op {
	d := newDisk(t)
	j, err := open(t.TempDir(), options{vfs: d.name, synchronous: synchronous, checkpoint: 60})
	require.NoError(t, err)
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			s := journaltest.NewSession(1)
			for n := range 60 {
				payload := bytes.Repeat([]byte{byte('a' + i)}, 100+n*37%3000)
				if !assert.NoError(t, w.Append(s.Of(payload)).Err()) {
					return
				}
				d.note(acknowledged{s.ID, s.Head})
			}
		})
	}
	wg.Wait()
	log := d.logged() // before closing, which syncs
	require.NoError(t, j.Close())
	return log
}

// requireNothingLost cuts the power at many moments of a run, and requires every
// event that was acknowledged before the cut.
func requireNothingLost(t *testing.T, log []faultdisk.Op) {
	t.Helper()
	total := 0
	for lost, n := range cuts(t, log) {
		require.Zero(t, lost)
		total += n
	}
	require.NotZero(t, total)
}

// requireSomethingLost is the negative control of requireNothingLost: it requires
// that one of the same cuts loses an event.
func requireSomethingLost(t *testing.T, log []faultdisk.Op) {
	t.Helper()
	for lost := range cuts(t, log) {
		if lost > 0 {
			return
		}
	}
	require.Fail(t, "no power cut lost an event")
}

// cuts cuts the power at many moments of a run. For each it yields the number of
// acknowledged events that are missing afterwards, and the number of all.
func cuts(t *testing.T, log []faultdisk.Op) iter.Seq2[int, int] {
	random := rand.New(rand.NewPCG(1, 2))
	keeps := []func() bool{
		func() bool { return false },
		func() bool { return true },
		func() bool { return random.IntN(2) == 0 },
		func() bool { return random.IntN(10) > 0 },
		pageByPage(random),
	}
	first := slices.IndexFunc(log, func(op faultdisk.Op) bool { return op.Kind == faultdisk.Note })
	return func(yield func(lost, total int) bool) {
		for i := range 30 {
			cut := first + random.IntN(len(log)-first+1)
			heads := map[journal.SessionID]journal.Head{}
			for _, op := range log[:cut] {
				if a, ok := op.Note.(acknowledged); ok {
					heads[a.session] = a.head
				}
			}
			if !yield(lostAfter(t, faultdisk.After(log[:cut], keeps[i%len(keeps)]), heads)) {
				return
			}
		}
	}
}

// pageByPage keeps or drops eight sectors in a row together.
func pageByPage(random *rand.Rand) func() bool {
	n, kept := 0, false
	return func() bool {
		if n%8 == 0 {
			kept = random.IntN(2) == 0
		}
		n++
		return kept
	}
}

// lostAfter opens a journal of the files that a cut leaves, and counts the events up
// to heads that are missing in it.
func lostAfter(t *testing.T, files map[string][]byte, heads map[journal.SessionID]journal.Head) (lost, total int) {
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	for _, head := range heads {
		total += int(head.Seq)
	}
	j, err := open(dir, options{synchronous: "OFF"}) // for reading only
	if err != nil {
		t.Logf("cannot be opened: %v", err)
		return total, total
	}
	defer j.Close()
	for id, head := range heads {
		var at journal.Head
		for r, err := range j.Read(t.Context(), id, 1) {
			require.NoError(t, err)
			if at = (journal.Head{Seq: r.Seq, Hash: r.Hash}); at.Seq == head.Seq {
				require.Equal(t, head, at, "the history is another")
			}
		}
		lost += int(head.Seq) - int(min(at.Seq, head.Seq))
	}
	return lost, total
}

func TestPowerCut_loses_no_acknowledged_event(t *testing.T) {
	t.Parallel()
	requireNothingLost(t, recordRun(t, "FULL"))
}

func TestPowerCut_loses_acknowledged_events_if_commits_are_not_synced(t *testing.T) {
	requireSomethingLost(t, recordRun(t, "NORMAL"))
}
