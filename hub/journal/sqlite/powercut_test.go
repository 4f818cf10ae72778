package sqlite

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
)

// A power cut loses what was written and not yet synced: all of it, none of
// it, or any part of it, down to a sector of a write.

const sector = 512

// diskFile is a file amid a simulation.
type diskFile struct {
	synced   []byte   // survives for certain
	unsynced []diskOp // may survive, since
}

// apply lets one operation reach the platter.
func (op diskOp) apply(content []byte) []byte {
	if op.kind == opTruncate {
		return grow(content, op.offset)[:op.offset]
	}
	content = grow(content, op.offset+int64(len(op.data)))
	copy(content[op.offset:], op.data)
	return content
}

func grow(content []byte, size int64) []byte {
	if missing := size - int64(len(content)); missing > 0 {
		content = append(content, make([]byte, missing)...)
	}
	return content
}

// cutPower returns the files as they are found when the power went after all
// of log was done. keep says whether a sector that was not synced survives.
func cutPower(log []diskOp, keep func() bool) map[string][]byte {
	files := map[string]*diskFile{}
	for _, op := range log {
		f := files[op.file]
		if f == nil {
			f = &diskFile{}
			files[op.file] = f
		}
		switch op.kind {
		case opSync:
			for _, op := range f.unsynced {
				f.synced = op.apply(f.synced)
			}
			f.unsynced = nil
		case opDelete: // with a sync of the directory
			delete(files, op.file)
		case opWrite, opTruncate:
			f.unsynced = append(f.unsynced, op)
		}
	}
	found := map[string][]byte{}
	for name, f := range files {
		content := f.synced
		for _, op := range f.unsynced {
			for _, part := range op.sectors() {
				if keep() {
					content = part.apply(content)
				}
			}
		}
		found[name] = content
	}
	delete(found, "") // of notes
	return found
}

// sectors splits a write into the parts that survive or not by themselves.
func (op diskOp) sectors() []diskOp {
	if op.kind == opTruncate {
		return []diskOp{op}
	}
	var parts []diskOp
	offset, data := op.offset, op.data
	for len(data) > 0 {
		n := min(int(sector-offset%sector), len(data))
		parts = append(parts, diskOp{kind: opWrite, file: op.file, offset: offset, data: data[:n]})
		offset, data = offset+int64(n), data[n:]
	}
	return parts
}

// acknowledged is the note of an event that its session was told is durable.
type acknowledged struct {
	session hub.SessionID
	head    hub.Head
}

// recordRun lets a few sessions append, each waiting for its commits, and
// returns what reached the disk and when each event was acknowledged.
func recordRun(t *testing.T, synchronous string) []diskOp {
	d := newDisk(t)
	j, err := open(t.TempDir(), options{vfs: d.name, synchronous: synchronous, checkpoint: 60})
	require.NoError(t, err)
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			s := hubtest.NewSession(1)
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

// losses cuts the power at many moments of a run, and counts the acknowledged
// events that are not there afterwards.
func losses(t *testing.T, log []diskOp) (lost, total int) {
	random := rand.New(rand.NewPCG(1, 2))
	keeps := []func() bool{
		func() bool { return false },
		func() bool { return true },
		func() bool { return random.IntN(2) == 0 },
		func() bool { return random.IntN(10) > 0 },
	}
	first := 0
	for log[first].kind != opNote {
		first++
	}
	for i := range 48 {
		cut := first + random.IntN(len(log)-first+1)
		heads := map[hub.SessionID]hub.Head{}
		for _, op := range log[:cut] {
			if a, ok := op.note.(acknowledged); ok {
				heads[a.session] = a.head
			}
		}
		l, n := lostAfter(t, cutPower(log[:cut], keeps[i%len(keeps)]), heads)
		lost, total = lost+l, total+n
	}
	return lost, total
}

// lostAfter opens what is left and counts what is missing of heads.
func lostAfter(t *testing.T, files map[string][]byte, heads map[hub.SessionID]hub.Head) (lost, total int) {
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	for _, head := range heads {
		total += int(head.Seq)
	}
	j, err := Open(dir, Options{})
	if err != nil {
		return total, total
	}
	defer j.Close()
	for id, head := range heads {
		var at hub.Head
		for r, err := range j.Read(t.Context(), id, 1) {
			require.NoError(t, err)
			if at = (hub.Head{Seq: r.Seq, Hash: r.Hash}); at.Seq == head.Seq {
				require.Equal(t, head, at, "another history is there")
			}
		}
		lost += int(head.Seq) - int(min(at.Seq, head.Seq))
	}
	return lost, total
}

func TestPowerCut_loses_nothing_that_was_acknowledged(t *testing.T) {
	lost, total := losses(t, recordRun(t, "FULL"))
	t.Logf("%d of %d acknowledged events lost", lost, total)
	require.Zero(t, lost)
}

// This is the control: the same cuts must be able to lose something, or the
// test above would say nothing.
func TestPowerCut_loses_acknowledged_events_without_a_sync_for_each_commit(t *testing.T) {
	lost, total := losses(t, recordRun(t, "NORMAL"))
	t.Logf("%d of %d acknowledged events lost", lost, total)
	require.NotZero(t, lost)
}
