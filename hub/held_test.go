package hub

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBacklogs_answers_that_nobody_reads_count_and_the_slowest_is_cut_off(t *testing.T) {
	h := &Hub{backlogs: newBacklogs(100)}
	cuts := map[string]int{}
	hold := func(name string, bytes int, ago time.Duration) *Held {
		held := h.Hold(func() { cuts[name]++ })
		require.True(t, held.Set(bytes))
		held.since = held.since.Add(-ago)
		return held
	}
	slow, slower := hold("slow", 60, time.Second), hold("slower", 60, time.Minute)
	done := hold("done", 60, time.Hour)
	done.Release()
	require.Len(t, h.backlogs.over, 1, "the limit was passed")
	require.Equal(t, 1, h.backlogs.endSlowest())
	require.Equal(t, map[string]int{"slower": 1}, cuts)
	require.False(t, slower.Set(60), "whoever writes the answer is told")
	require.True(t, slow.Set(60))
	require.Zero(t, h.backlogs.endSlowest(), "it is about to be let go of, and counts no more")
	slower.Release()
	slow.Release()
	require.Zero(t, h.backlogs.held.Load())
	require.Empty(t, h.backlogs.all)
	require.Equal(t, map[string]int{"slower": 1}, cuts)
}
