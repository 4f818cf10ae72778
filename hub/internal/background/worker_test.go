package background

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWorker_Stop_ends_the_context_and_waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w Worker
		returned := false
		w.Start(func(ctx context.Context) {
			<-ctx.Done()
			<-time.After(time.Second) // the work after the context has ended
			returned = true
		})
		w.Stop()
		require.True(t, returned)
		w.Stop() // again
	})
}

func TestWorker_StopAt(t *testing.T) {
	for name, test := range map[string]struct{ takes, until, want time.Duration }{
		"waits for a function that returns by itself": {time.Second, time.Minute, time.Second},
		"stops a function at the deadline":            {time.Hour, time.Minute, time.Minute},
		"stops at once after the deadline":            {time.Hour, -time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w Worker
				w.Start(func(ctx context.Context) {
					select {
					case <-time.After(test.takes):
					case <-ctx.Done():
					}
				})
				start := time.Now()
				w.StopAt(start.Add(test.until))
				require.Equal(t, test.want, time.Since(start))
			})
		})
	}
}

func TestWorker_that_was_not_started_stops(t *testing.T) {
	var w Worker
	w.Stop()
	w.StopAt(time.Now().Add(time.Hour))
}

func TestNotify_does_not_block(t *testing.T) {
	ready := make(chan struct{}, 1)
	Notify(ready)
	Notify(ready)
	require.Len(t, ready, 1)
}
