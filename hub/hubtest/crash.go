package hubtest

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

// crashDir names the directory of the journal to the process that is killed.
const crashDir = "PARLEY_TEST_CRASH_DIR"

// crashSessions is how many sessions append at one time, two to a partition.
const crashSessions = 8

// RunCrashChild turns the test binary into the process that KillLoop kills. Call
// it first thing in TestMain: it does not return there, and does nothing else.
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

// CrashID is the id of the i-th session, the same in each process.
func CrashID(i int) journal.SessionID { return journal.SessionID{0: byte(i / 2), 15: byte(i + 1)} }

// ack is what the child writes for a commit: the session's index and its
// newest event. It is shorter than what a pipe takes whole.
type ack struct {
	Session uint32
	Seq     uint64
	Hash    journal.Hash
}

// appendUntilKilled goes on with every session where its journal ends.
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

// appendDeep appends with that many commits under way, and sends each head that
// is durable.
func appendDeep(ctx context.Context, w journal.Writer, s *Stream, depth int, send func(journal.Head) error) error {
	type pending struct {
		commit *journal.Commit
		head   journal.Head
	}
	var waiting []pending
	for ctx.Err() == nil {
		waiting = append(waiting, pending{w.Append(s.Next(depth%3 + 1)), s.Head})
		s.Records = nil // else they would fill the memory
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

// KillLoop starts the test binary as a process that appends to a journal in a
// directory under load, kills it without warning, and checks that every event
// that it had acknowledged is there, once, in an unbroken chain. It does so
// times over on the same journal. TestMain has to call RunCrashChild.
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
		t.Logf("killed after %d acknowledgements; %d events are there", acks, total)
	}
}

// Acked is told of each commit that the child acknowledges.
type Acked func(session int, head journal.Head)

// RunAndKill lets the child append to the journal in a directory, and kills it
// once it has acknowledged that many commits; acked is also told of those that
// were on the way. The child gets env besides this process's own.
func RunAndKill(t *testing.T, dir string, after int, acked Acked, env ...string) {
	n, said := runChild(t, dir, after, acked, env)
	require.GreaterOrEqual(t, n, after, "the child ended by itself: %s", said)
}

// RunUntilRefused lets the child append until a commit fails, which ends it
// without closing its journal, and returns what it said.
func RunUntilRefused(t *testing.T, dir string, acked Acked) string {
	_, said := runChild(t, dir, math.MaxInt, acked, nil)
	return said
}

func runChild(t *testing.T, dir string, killAfter int, acked Acked, env []string) (acks int, said string) {
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(append(os.Environ(), crashDir+"="+dir), env...)
	var stderr bytes.Buffer
	child.Stderr = &stderr
	pipe, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	for in := bufio.NewReader(pipe); ; {
		var a ack
		if err := binary.Read(in, binary.BigEndian, &a); err != nil {
			break // it is dead; the rest of an acknowledgement does not count
		}
		acked(int(a.Session), journal.Head{Seq: journal.Seq(a.Seq), Hash: a.Hash})
		if acks++; acks == killAfter {
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait())
	return acks, stderr.String()
}

// requireAcked reads a session and returns how many events it has.
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
			require.Equal(t, acked.Hash, r.Hash, "event %d is another one than was acknowledged", n)
		}
	}
	require.GreaterOrEqual(t, n, int(acked.Seq), "acknowledged events are lost")
	return n
}
