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

func TestCommitter_seldom_waits_for_company_that_does_not_come(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := busy(t)
		begin := time.Now()
		const many = 1000
		for range many {
			commit := w.Append(small()) // each when the one before is done
			<-e.batches
			e.results <- nil
			require.NoError(t, commit.Err())
		}
		waits := time.Since(begin) / interval
		require.Positive(t, waits)
		require.LessOrEqual(t, waits, time.Duration(6+many/maxUnpaced))

		requireGathered(t, w, e, maxUnpaced)
		c.Close()
	})
}

// requireGathered insists that company which comes a little later is waited
// for, in one of the next tries.
func requireGathered(t *testing.T, w hub.Writer, e *engine, tries int) {
	t.Helper()
	for range tries + 1 {
		w.Append(small())
		time.Sleep(interval / 2)
		w.Append(small())
		batch := <-e.batches
		e.results <- nil
		if len(batch) == 2 {
			return
		}
		<-e.batches
		e.results <- nil
	}
	t.Fatal("nothing was gathered")
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
