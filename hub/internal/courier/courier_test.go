package courier

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// receiver accepts messages when the test allows it.
type receiver struct {
	open chan struct{} // the test sends a value for each message, or closes it to accept all

	// guarded by mu
	mu       sync.Mutex
	messages []int
}

// deliver implements [Deliver].
func (r *receiver) deliver(ctx context.Context, message int) bool {
	select {
	case <-r.open:
	case <-ctx.Done():
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = append(r.messages, message)
	return true
}

// accepted returns the messages so far.
func (r *receiver) accepted() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.messages)
}

// test runs f in a synctest bubble, with a courier to a receiver.
func test(t *testing.T, f func(t *testing.T, r *receiver, c *Courier[int], nudge chan struct{})) {
	synctest.Test(t, func(t *testing.T) {
		r, nudge := &receiver{open: make(chan struct{})}, make(chan struct{}, 1)
		f(t, r, Start(r.deliver, nudge), nudge)
	})
}

func TestCourier_keeps_the_order_of_messages(t *testing.T) {
	test(t, func(t *testing.T, r *receiver, c *Courier[int], _ chan struct{}) {
		for i := range 3 {
			c.Post(i)
		}
		close(r.open)
		c.Stop(time.Now().Add(time.Second))
		require.Equal(t, []int{0, 1, 2}, r.accepted())
	})
}

func TestCourier_is_full_until_half_of_the_messages_are_delivered(t *testing.T) {
	test(t, func(t *testing.T, r *receiver, c *Courier[int], nudge chan struct{}) {
		for i := range fullAt {
			require.False(t, c.Full())
			c.Post(i)
		}
		require.True(t, c.Full())
		for range fullAt/2 - 1 {
			r.open <- struct{}{}
		}
		synctest.Wait()
		require.Empty(t, nudge)
		r.open <- struct{}{}
		synctest.Wait()
		require.Len(t, nudge, 1)
		require.Equal(t, fullAt/2, c.Waiting())
		close(r.open)
		c.Stop(time.Now().Add(time.Second))
	})
}

func TestCourier_Stop_returns_at_the_deadline_although_messages_wait(t *testing.T) {
	test(t, func(t *testing.T, r *receiver, c *Courier[int], _ chan struct{}) {
		c.Post(1)
		start := time.Now()
		c.Stop(start.Add(2 * time.Second))
		require.Equal(t, 2*time.Second, time.Since(start))
		require.Empty(t, r.accepted())
		require.Equal(t, 1, c.Waiting())
	})
}
