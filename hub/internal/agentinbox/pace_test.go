package agentinbox

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

func TestPace_the_wait_follows_the_load(t *testing.T) {
	for _, tc := range []struct {
		connections, streaming int
		want                   time.Duration
	}{
		{0, 0, 7 * ms}, {20, 1, 7 * ms}, {24, 1, 7 * ms}, {48, 1, 14 * ms}, {20, 3, 21 * ms},
		{137, 1, 39958333 * time.Nanosecond}, {138, 1, 40 * ms}, {20, 6, 40 * ms}, {100_000, 1000, 40 * ms},
	} {
		p := NewPace(func() int { return tc.connections })
		for range tc.streaming {
			p.count(true)
		}
		require.Equal(t, tc.want, p.window(), "%d connections, %d streams", tc.connections, tc.streaming)
	}
}

func TestPace_counts_the_agents_whose_pieces_wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace(func() int { return 0 })
		inboxes := []*Inbox{New(pace), New(pace), New(pace)}
		for _, b := range inboxes {
			b.Put(rules.AgentNotification{Raw: []byte("a"), Streamed: true})
			_, _ = b.Take()
		}
		require.EqualValues(t, 3, pace.streaming.Load())
		inboxes[0].Close()
		require.EqualValues(t, 2, pace.streaming.Load())
		pause(MaxGather)
		require.Zero(t, pace.streaming.Load())
		inboxes[1].Close()
		require.Zero(t, pace.streaming.Load())
	})
}
