package rules

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestInstant_SetClock_of_a_restored_instant(t *testing.T) {
	now := time.Now()
	for name, tc := range map[string]struct{ at, want time.Time }{
		"in the past":        {now.Add(-time.Minute), now.Add(-time.Minute)},
		"ahead of the clock": {now.Add(time.Hour), now},
	} {
		t.Run(name, func(t *testing.T) {
			var i Instant
			snapshot, err := json.Marshal(Instant{Time: tc.at})
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(snapshot, &i))
			i.SetClock(now)
			require.Equal(t, tc.want, i.clock)
		})
	}
}
