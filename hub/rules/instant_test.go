package rules

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestInstant_read_again_is_measured_from_when_it_was_or_from_now(t *testing.T) {
	now := time.Now()
	for name, tc := range map[string]struct{ at, want time.Time }{
		"a while ago":        {now.Add(-time.Minute), now.Add(-time.Minute)},
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
