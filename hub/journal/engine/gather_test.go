package engine

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

// from returns a small append that the named sender waits for.
func from(name string) journal.Append {
	a := small()
	a.Awaited = []string{name}
	return a
}

// lately has two senders whose requests are written together.
func lately(t *testing.T) (*Committer, journal.Writer, *engine) {
	t.Helper()
	e := newEngine()
	c := NewCommitter(e.write, limit)
	w := e.claim(t, c)
	for range 3 {
		ann, ben := w.Append(from("ann")), w.Append(from("ben"))
		for !resolved(ann) || !resolved(ben) {
			<-e.batches
			time.Sleep(cost)
			e.results <- nil
			synctest.Wait()
		}
	}
	return c, w, e
}

func TestCommitter_begins_when_all_are_back(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := lately(t)
		begin := time.Now()
		w.Append(from("ann"))
		time.Sleep(moment)
		w.Append(from("ben"))
		require.Len(t, <-e.batches, 2)
		require.Equal(t, moment, time.Since(begin))
		e.results <- nil
		c.Close()
	})
}

func TestCommitter_does_not_wait_for_long_for_a_sender_that_has_stopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := lately(t)
		begin := time.Now()
		w.Append(from("ann"))
		require.Len(t, <-e.batches, 1)
		require.Positive(t, time.Since(begin))
		require.LessOrEqual(t, time.Since(begin), 2*patienceCosts*cost)
		e.results <- nil
		c.Close()
	})
}

// A batch that waits for its interval is hastened by a request that does not
// have to wait for it.
func TestCommitter_looks_again_when_a_prompt_source_comes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine()
		c := NewCommitter(e.write, limit)
		w := e.claim(t, c)
		write := func(a journal.Append) {
			commit := w.Append(a)
			<-e.batches
			time.Sleep(cost)
			e.results <- nil
			require.NoError(t, commit.Err())
		}
		for range 2 * freeBatches {
			write(small())
		}
		write(from("ann"))
		begin := time.Now()
		w.Append(small())
		synctest.Wait()
		w.Append(from("ann"))
		require.Len(t, <-e.batches, 2)
		require.Equal(t, begin, time.Now())
		e.results <- nil
		c.Close()
	})
}

func TestCommitter_does_not_gather_when_it_closes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := lately(t)
		begin := time.Now()
		w.Append(from("ann"))
		go c.Close()
		<-e.batches
		require.Equal(t, begin, time.Now())
		e.results <- nil
		c.Close()
	})
}

// machine is a server with one core and a disk, in a time that passes at once.
type machine struct {
	core chan struct{} // held by what computes; one at a time
	work time.Duration // of the core, for each event
	disk time.Duration // for a batch
	busy time.Duration // of the core, for a batch
}

func (m machine) compute(d time.Duration) {
	m.core <- struct{}{}
	time.Sleep(d)
	<-m.core
}

func (m machine) write([]*Request) error {
	m.compute(m.busy)
	time.Sleep(m.disk)
	return nil
}

// serve has senders send one event after another, each when the one before is
// durable, and returns how many they got through in a fifth of a second.
func (m machine) serve(t *testing.T, senders int) (events int) {
	synctest.Test(t, func(t *testing.T) {
		m.core = make(chan struct{}, 1)
		c := NewCommitter(m.write, limit)
		begin := time.Now()
		var mu sync.Mutex
		var all sync.WaitGroup
		for i := range senders {
			all.Go(func() {
				for time.Since(begin) < time.Second/5 {
					m.compute(m.work)
					commit := c.add(&Request{Kind: Append, Append: from(fmt.Sprint(i))})
					if commit.Err() != nil {
						return
					}
					mu.Lock()
					events++
					mu.Unlock()
					time.Sleep(moment)
				}
			})
		}
		all.Wait()
		c.Close()
	})
	return events
}

func TestCommitter_more_senders_are_not_slower_than_fewer(t *testing.T) {
	const µs = time.Microsecond
	for _, m := range []machine{
		{work: 50 * µs, busy: 200 * µs, disk: 100 * µs},
		{work: 20 * µs, busy: 20 * µs, disk: 300 * µs},
		{work: 50 * µs, busy: 200 * µs, disk: 5 * time.Millisecond},
	} {
		t.Run(fmt.Sprint(m.work, m.busy, m.disk), func(t *testing.T) {
			least, alone := 0, 0
			for _, senders := range []int{1, 2, 3, 4, 8, 16, 17, 32, 64} {
				events := m.serve(t, senders)
				require.GreaterOrEqual(t, events, least, "%d senders", senders)
				least = events * 98 / 100
				switch senders {
				case 1:
					alone = events
				case 2:
					require.Greater(t, events, alone*3/2)
				}
			}
		})
	}
}
