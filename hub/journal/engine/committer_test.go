package engine

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub/journal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine writes nothing, and shows the committer's batches to the test.
type engine struct {
	batches chan []*Request // sent to by write, no buffer: the test lets a write begin
	results chan error      // sent to by the test, no buffer: the test lets it end
}

func newEngine() *engine {
	return &engine{make(chan []*Request), make(chan error)}
}

func (e *engine) write(batch []*Request) error {
	e.batches <- append([]*Request(nil), batch...)
	return <-e.results
}

// claim makes a writer of a committer on e.
func (e *engine) claim(t *testing.T, c *Committer) journal.Writer {
	go func() { <-e.batches; e.results <- nil }()
	w, err := c.Own(t.Context(), 0)
	require.NoError(t, err)
	return w
}

func small() journal.Append { return journal.Append{Records: []journal.Record{{Public: []byte("{}")}}} }

func TestCommitter_writes_what_is_waiting_in_one_batch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := NewCommitter(e.write, 0)
		w := e.claim(t, c)
		first := w.Append(small())
		require.Len(t, <-e.batches, 1)
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
		{"to one that is larger than a batch", maxBatchBytes + 1, 2, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEngine()
				c := NewCommitter(e.write, 0)
				w := e.claim(t, c)
				w.Append(small())
				<-e.batches
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

func TestCommitter_refuses_one_request_alone(t *testing.T) {
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

func TestCommitter_fails_a_batch_as_a_whole_and_tries_the_next(t *testing.T) {
	disk := errors.New("the disk is on fire")
	for _, test := range []struct{ fails, want error }{
		{journal.ErrFull, journal.ErrFull},
		{journal.ErrUnavailable, journal.ErrUnavailable},
		{disk, journal.ErrUnavailable},
		{disk, disk},
	} {
		synctest.Test(t, func(t *testing.T) {
			e := newEngine()
			c := NewCommitter(e.write, 0)
			w := e.claim(t, c)
			lost := w.Append(small())
			<-e.batches
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

func TestCommitter_refuses_what_is_too_much_to_wait_in_its_turn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := NewCommitter(e.write, 0)
		w := e.claim(t, c)
		w.Append(small())
		<-e.batches
		payload := make([]byte, maxWaitingBytes/2)
		big := journal.Append{Records: []journal.Record{{Public: payload}}}
		first, second, third := w.Append(big), w.Append(big), w.Append(big)
		synctest.Wait()
		require.False(t, resolved(third), "not before those that were made before it")
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

func TestCommitter_closing_writes_what_is_waiting_and_refuses_the_rest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := NewCommitter(e.write, 0)
		w := e.claim(t, c)
		w.Append(small())
		<-e.batches
		before := w.Append(small())
		closed := make(chan struct{})
		go func() { c.Close(); close(closed) }()
		synctest.Wait()
		after := w.Append(small())
		require.False(t, resolved(after), "not before those that were made before it")
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

func TestCommitter_waits_no_longer_than_the_context(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := NewCommitter(e.write, 0)
		w := e.claim(t, c)
		w.Append(small())
		<-e.batches
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Own(ctx, 1)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, w.Release(ctx), context.Canceled)
		e.results <- nil
		<-e.batches // the claim, which takes effect all the same
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
