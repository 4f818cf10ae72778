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

// from returns a small append that a sender waits for.
func from(name string) journal.Append {
	a := small()
	a.Awaited = []string{name}
	return a
}

// startPrompt is start with two prompt senders, ann and ben.
func startPrompt(t *testing.T) (*Committer, journal.Writer, *engine) {
	t.Helper()
	c, w, e := start(t, limit)
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

func TestCommitter_begins_a_batch_once_all_prompt_senders_wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := startPrompt(t)
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

func TestCommitter_soon_stops_waiting_for_a_sender_that_has_stopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := startPrompt(t)
		begin := time.Now()
		w.Append(from("ann"))
		require.Len(t, <-e.batches, 1)
		require.Positive(t, time.Since(begin))
		require.LessOrEqual(t, time.Since(begin), 2*patienceCosts*cost)
		e.results <- nil
		c.Close()
	})
}

// The request of a prompt sender does not wait for the interval, and takes those that
// wait with it.
func TestCommitter_begins_a_waiting_batch_when_a_prompt_sender_joins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := start(t, limit)
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

func TestCommitter_does_not_wait_for_senders_while_closing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w, e := startPrompt(t)
		begin := time.Now()
		w.Append(from("ann"))
		go c.Close()
		<-e.batches
		require.Equal(t, begin, time.Now())
		e.results <- nil
		c.Close()
	})
}

// machine simulates a server with one processor core and a disk, in the fake time of
// synctest.
type machine struct {
	core chan struct{} // a semaphore: sent to by the goroutine that takes the core, which receives to release it; capacity 1
	work time.Duration // processor time of an event
	disk time.Duration // disk time of a batch
	busy time.Duration // processor time of a batch
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

// serve lets senders send one event after another, each once the one before is
// durable. It returns the number of events in a fifth of a second.
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

func TestCommitter_is_not_slower_with_more_senders(t *testing.T) {
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
