package limit

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParticipants_is_bounded(t *testing.T) {
	participants := NewParticipants(20, 60)
	for range 60 {
		require.NoError(t, participants.Take("busy", "t", ""))
	}
	for i := range 2 * maxEntries {
		require.NoError(t, participants.Take(strconv.Itoa(i), "guess", ""))
	}
	require.LessOrEqual(t, len(participants.senders.entries), maxEntries)
}
