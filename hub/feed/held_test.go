package feed

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHeld_answers_count_and_the_slowest_client_is_cut_off(t *testing.T) {
	f := New(nil, Options{MaxBacklogs: 100})
	cuts := map[string]int{}
	hold := func(name string, bytes int, ago time.Duration) *Held {
		held := f.Hold(func() { cuts[name]++ })
		require.True(t, held.Set(bytes))
		held.since = held.since.Add(-ago)
		return held
	}
	slow, slower := hold("slow", 60, time.Second), hold("slower", 60, time.Minute)
	done := hold("done", 60, time.Hour)
	done.Release()
	require.Len(t, f.backlogs.exceeded, 1, "the limit was passed")
	require.Equal(t, 1, f.backlogs.cutOffSlowest())
	require.Equal(t, map[string]int{"slower": 1}, cuts)
	require.False(t, slower.Set(60), "the handler learns that the client was cut off")
	require.True(t, slow.Set(60))
	require.Zero(t, f.backlogs.cutOffSlowest(), "its memory is about to be released, and counts no more")
	slower.Release()
	slow.Release()
	require.Zero(t, f.Waiting())
	require.Empty(t, f.backlogs.all)
	require.Equal(t, map[string]int{"slower": 1}, cuts)
}
