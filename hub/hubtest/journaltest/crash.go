package journaltest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

// crashDir is the environment variable that gives the child the journal's directory.
const crashDir = "PARLEY_TEST_CRASH_DIR"

// crashSessions is the number of sessions that append concurrently, two in each of
// the first partitions.
const crashSessions = 8

// RunCrashChild turns the test binary into the child process that [KillLoop] kills.
// TestMain calls it first. In the child it does not return; otherwise it does
// nothing.
func RunCrashChild(open func(dir string) (journal.Journal, error)) {
	dir := os.Getenv(crashDir)
	if dir == "" {
		return
	}
	j, err := open(dir)
	if err == nil {
		err = appendUntilKilled(j, os.Stdout)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// CrashID returns the id of the child's i-th session, counted from 0.
func CrashID(i int) journal.SessionID { return journal.SessionID{0: byte(i / 2), 15: byte(i + 1)} }

// ack is the child's acknowledgement of a commit. It is small enough for a pipe to
// take it as a whole.
type ack struct {
	Session uint32 // its index
	Seq     uint64
	Hash    journal.Hash
}

// appendUntilKilled continues every session at its head.
func appendUntilKilled(j journal.Journal, acks io.Writer) error {
	ctx, fail := context.WithCancelCause(context.Background())
	defer fail(nil)
	var writers [crashSessions / 2]journal.Writer
	for p := range writers {
		w, err := j.Own(ctx, journal.Partition(p))
		if err != nil {
			return err
		}
		writers[p] = w
	}
	var wg sync.WaitGroup
	var mu sync.Mutex // guards acks
	for i := range crashSessions {
		s := NewStream(CrashID(i))
		if head, err := j.Head(ctx, s.ID); err == nil {
			s.Head = head
		}
		send := func(head journal.Head) error {
			mu.Lock()
			defer mu.Unlock()
			return binary.Write(acks, binary.BigEndian, ack{uint32(i), uint64(head.Seq), head.Hash})
		}
		wg.Go(func() { fail(appendDeep(ctx, writers[i/2], s, i, send)) })
	}
	wg.Wait()
	return context.Cause(ctx)
}

// appendDeep appends with up to depth commits pending, and sends each durable head.
func appendDeep(ctx context.Context, w journal.Writer, s *Stream, depth int, send func(journal.Head) error) error {
	type pending struct {
		commit *journal.Commit
		head   journal.Head
	}
	var waiting []pending
	for ctx.Err() == nil {
		waiting = append(waiting, pending{w.Append(s.Next(depth%3 + 1)), s.Head})
		s.Records = nil // to save memory
		if len(waiting) <= depth {
			continue
		}
		if err := waiting[0].commit.Err(); err != nil {
			return err
		}
		if err := send(waiting[0].head); err != nil {
			return err
		}
		waiting = waiting[1:]
	}
	return ctx.Err()
}

// KillLoop starts the test binary as a child process that appends to a journal, kills
// it with SIGKILL, and checks that every acknowledged event is stored, once, in an
// unbroken chain. It does so several times on the same journal. TestMain must call
// [RunCrashChild].
func KillLoop(t *testing.T, open OpenJournal, times int) {
	dir := t.TempDir()
	var acked [crashSessions]journal.Head
	for range times {
		acks := 0
		RunAndKill(t, dir, 1+rand.IntN(1500), func(session int, head journal.Head) {
			acked[session] = head
			acks++
		})
		j := open(t, dir)
		total := 0
		for i, head := range acked {
			total += requireAcked(t, j, CrashID(i), head)
		}
		require.NoError(t, j.Close())
		t.Logf("killed after %d acknowledgements; %d events are stored", acks, total)
	}
}

// Acked is called for each commit that the child acknowledges, with the index of its
// session and the session's new head.
type Acked func(session int, head journal.Head)

// RunAndKill lets a child append to the journal in dir, and kills it once it has
// acknowledged a number of commits. It calls acked for these and for acknowledgements
// that were still in the pipe. env is added to the child's environment.
func RunAndKill(t *testing.T, dir string, after int, acked Acked, env ...string) {
	n, stderr := runChild(t, dir, after, acked, env)
	require.GreaterOrEqual(t, n, after, "the child exited early: %s", stderr)
}

// RunUntilRefused lets a child append until a commit fails. The child then exits
// without closing its journal. RunUntilRefused returns what it wrote to stderr.
func RunUntilRefused(t *testing.T, dir string, acked Acked) string {
	_, stderr := runChild(t, dir, math.MaxInt, acked, nil)
	return stderr
}

// runChild runs a child, and kills it after a number of acknowledgements.
func runChild(t *testing.T, dir string, killAfter int, acked Acked, env []string) (acks int, stderr string) {
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(append(os.Environ(), crashDir+"="+dir), env...)
	var output bytes.Buffer
	child.Stderr = &output
	pipe, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	for in := bufio.NewReader(pipe); ; {
		var a ack
		if err := binary.Read(in, binary.BigEndian, &a); err != nil {
			break // the child has ended, perhaps in the middle of an acknowledgement
		}
		acked(int(a.Session), journal.Head{Seq: journal.Seq(a.Seq), Hash: a.Hash})
		if acks++; acks == killAfter {
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait())
	return acks, output.String()
}

// requireAcked reads a session, requires the acknowledged event, and returns the
// number of events.
func requireAcked(t *testing.T, j journal.Journal, id journal.SessionID, acked journal.Head) int {
	n := 0
	hash := journal.ChainStart(id)
	for r, err := range j.Read(t.Context(), id, 1) {
		require.NoError(t, err)
		n++
		require.Equal(t, journal.Seq(n), r.Seq)
		resealed := r
		resealed.Seal(hash)
		require.Equal(t, resealed.Hash, r.Hash, "chain is broken at event %d", n)
		hash = r.Hash
		if r.Seq == acked.Seq {
			require.Equal(t, acked.Hash, r.Hash, "event %d differs from the acknowledged one", n)
		}
	}
	require.GreaterOrEqual(t, n, int(acked.Seq), "acknowledged events are lost")
	return n
}
