package journal

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
)

const interval = 3 * time.Millisecond

// busy is a committer that has used up its free batches.
func busy(t *testing.T) (*Committer, hub.Writer, *engine) {
	t.Helper()
	e := newEngine()
	c := NewCommitter(e.write, interval)
	w := e.claim(t, c)
	begin := time.Now()
	for range freeBatches {
		commit := w.Append(small())
		<-e.batches
		e.results <- nil
		require.NoError(t, commit.Err())
	}
	require.Equal(t, begin, time.Now(), "who does a few things in a row waits for nobody")
	return c, w, e
}

func TestCommitter_gathers_under_load(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := busy(t)
		begin := time.Now()
		first := w.Append(small())
		time.Sleep(interval / 2)
		second := w.Append(small())
		require.Len(t, <-e.batches, 2)
		require.Equal(t, interval, time.Since(begin))
		e.results <- nil
		require.NoError(t, first.Err())
		require.NoError(t, second.Err())
		c.Close()
	})
}

func TestCommitter_does_not_let_enough_events_wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := busy(t)
		begin := time.Now()
		w.Append(small())
		synctest.Wait()
		w.Append(hub.Append{Records: make([]hub.Record, enoughEvents)})
		require.Len(t, <-e.batches, 2)
		require.Equal(t, begin, time.Now())
		e.results <- nil
		c.Close()
	})
}

func TestCommitter_does_not_gather_again_after_a_pause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := busy(t)
		time.Sleep(freeBatches * interval)
		begin := time.Now()
		w.Append(small())
		<-e.batches
		require.Equal(t, begin, time.Now())
		e.results <- nil
		c.Close()
	})
}

func TestCommitter_does_not_gather_when_it_closes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := busy(t)
		begin := time.Now()
		w.Append(small())
		go c.Close()
		<-e.batches
		require.Equal(t, begin, time.Now())
		e.results <- nil
		c.Close()
	})
}
