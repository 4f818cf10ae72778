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

// recorder is a receiver that takes a message whenever the test lets it.
type recorder struct {
	open chan struct{} // one value for each message that is taken
	mu   sync.Mutex
	got  []any
}

func (r *recorder) deliver(ctx context.Context, message any) bool {
	select {
	case <-r.open:
	case <-ctx.Done():
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, message)
	return true
}

func (r *recorder) taken() []any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func TestCourier(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, r *recorder, c *Courier[any], nudge chan struct{}){
		"keeps the order of messages": func(t *testing.T, r *recorder, c *Courier[any], _ chan struct{}) {
			for i := range 3 {
				c.Post(i)
			}
			close(r.open)
			c.Stop(time.Now().Add(time.Second))
			require.Equal(t, []any{0, 1, 2}, r.taken())
		},
		"is full until half of the messages have arrived, and then nudges the sender": func(t *testing.T, r *recorder, c *Courier[any], nudge chan struct{}) {
			for i := range high {
				require.False(t, c.Full())
				c.Post(i)
			}
			require.True(t, c.Full())
			for range high/2 - 1 {
				r.open <- struct{}{}
			}
			synctest.Wait()
			require.Empty(t, nudge)
			r.open <- struct{}{}
			synctest.Wait()
			require.Len(t, nudge, 1)
			require.Equal(t, high/2, c.Waiting())
			close(r.open)
			c.Stop(time.Now().Add(time.Second))
		},
		"stops at the deadline although messages wait": func(t *testing.T, r *recorder, c *Courier[any], _ chan struct{}) {
			c.Post("never taken")
			began := time.Now()
			c.Stop(began.Add(2 * time.Second))
			require.Equal(t, 2*time.Second, time.Since(began))
			require.Empty(t, r.taken())
			require.Equal(t, 1, c.Waiting())
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, nudge := &recorder{open: make(chan struct{})}, make(chan struct{}, 1)
				test(t, r, Start(r.deliver, nudge), nudge)
			})
		})
	}
}
