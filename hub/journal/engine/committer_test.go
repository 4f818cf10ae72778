package engine

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub/journal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine is an engine that stores nothing and lets the test control its writes.
type engine struct {
	batches chan []*Request // sent to by write, never closed; no buffer, so the test lets a write begin
	results chan error      // sent to by the test, never closed; no buffer, so the test lets a write end
}

func (e *engine) write(batch []*Request) error {
	e.batches <- append([]*Request(nil), batch...)
	return <-e.results
}

// start starts a committer on a new engine, and claims a partition.
func start(t *testing.T, limit time.Duration) (*Committer, journal.Writer, *engine) {
	e := &engine{make(chan []*Request), make(chan error)}
	c := NewCommitter(e.write, limit)
	go func() { <-e.batches; e.results <- nil }() // ends with the claim
	w, err := c.Own(t.Context(), 0)
	require.NoError(t, err)
	return c, w, e
}

// startWriting is start with a first append that the engine is writing.
func startWriting(t *testing.T) (c *Committer, w journal.Writer, e *engine, first *journal.Commit) {
	c, w, e = start(t, 0)
	first = w.Append(small())
	require.Len(t, <-e.batches, 1)
	return c, w, e, first
}

// small returns an append of one small event.
func small() journal.Append { return journal.Append{Records: []journal.Record{{Public: []byte("{}")}}} }

func TestCommitter_writes_all_waiting_requests_in_one_batch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e, first := startWriting(t)
		var rest []*journal.Commit
		for range 10 {
			rest = append(rest, w.Append(small()))
		}
		e.results <- nil
		require.NoError(t, first.Err())
		require.Len(t, <-e.batches, 10)
		require.False(t, resolved(rest[0]))
		e.results <- nil
		for _, commit := range rest {
			require.NoError(t, commit.Err())
		}
		c.Close()
	})
}

func TestCommitter_bounds_a_batch(t *testing.T) {
	for _, test := range []struct {
		name              string
		size, count, want int
	}{
		{"by count", 2, maxBatchRequests + 5, maxBatchRequests},
		{"by bytes", maxBatchBytes / 4, 6, 4},
		{"to a request that exceeds the bound", maxBatchBytes + 1, 2, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, w, e, _ := startWriting(t)
				payload := bytes.Repeat([]byte("x"), test.size)
				for range test.count {
					w.Append(journal.Append{Records: []journal.Record{{Public: payload}}})
				}
				for _, want := range []int{test.want, test.count - test.want} {
					e.results <- nil
					require.Len(t, <-e.batches, want)
				}
				e.results <- nil
				c.Close()
			})
		})
	}
}

func TestCommitter_fails_only_the_request_that_the_engine_refuses(t *testing.T) {
	c := NewCommitter(func(batch []*Request) error {
		for _, r := range batch {
			if r.Append.Prev == 7 {
				r.Err = journal.ErrConflict
			}
		}
		return nil
	}, 0)
	defer c.Close()
	w, err := c.Own(t.Context(), 0)
	require.NoError(t, err)
	good, bad := w.Append(small()), w.Append(journal.Append{Prev: 7})
	require.NoError(t, good.Err())
	require.ErrorIs(t, bad.Err(), journal.ErrConflict)
}

func TestCommitter_fails_a_whole_batch_and_tries_the_next(t *testing.T) {
	disk := errors.New("the disk is on fire")
	for _, test := range []struct{ fails, want error }{
		{journal.ErrFull, journal.ErrFull},
		{journal.ErrUnavailable, journal.ErrUnavailable},
		{disk, journal.ErrUnavailable},
		{disk, disk},
	} {
		synctest.Test(t, func(t *testing.T) {
			c, w, e, lost := startWriting(t)
			next := w.Append(small())
			e.results <- test.fails
			require.ErrorIs(t, lost.Err(), test.want)
			<-e.batches
			e.results <- nil
			require.NoError(t, next.Err())
			c.Close()
		})
	}
}

func TestCommitter_refuses_excess_requests_in_their_turn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e, _ := startWriting(t)
		payload := make([]byte, maxWaitingBytes/2)
		big := journal.Append{Records: []journal.Record{{Public: payload}}}
		first, second, third := w.Append(big), w.Append(big), w.Append(big)
		synctest.Wait()
		require.False(t, resolved(third), "commits resolve in order")
		for range 2 {
			e.results <- nil
			<-e.batches
		}
		e.results <- nil
		require.NoError(t, first.Err())
		require.NoError(t, second.Err())
		require.ErrorIs(t, third.Err(), journal.ErrUnavailable)
		c.Close()
	})
}

func TestCommitter_Close_writes_waiting_requests_and_refuses_later_ones(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e, _ := startWriting(t)
		before := w.Append(small())
		closed := make(chan struct{})
		go func() { c.Close(); close(closed) }()
		synctest.Wait()
		after := w.Append(small())
		require.False(t, resolved(after), "commits resolve in order")
		e.results <- nil
		require.Len(t, <-e.batches, 1)
		e.results <- nil
		<-closed
		require.NoError(t, before.Err())
		require.ErrorIs(t, after.Err(), journal.ErrClosed)
		require.ErrorIs(t, w.Append(small()).Err(), journal.ErrClosed)
		c.Close()
	})
}

func TestCommitter_stops_waiting_when_the_context_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e, _ := startWriting(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Own(ctx, 1)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, w.Release(ctx), context.Canceled)
		e.results <- nil
		<-e.batches // the claim, which still takes effect
		e.results <- nil
		c.Close()
	})
}

func resolved(c *journal.Commit) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}
