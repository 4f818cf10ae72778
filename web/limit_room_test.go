package web

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
)

func TestParticipantLimits_AreBounded(t *testing.T) {
	limits := newParticipantLimits(20, 60)
	busy := hub.Credentials{ParticipantID: "busy", Token: "t"}
	for range 60 {
		require.NoError(t, limits.take(busy))
	}
	for i := range 2 * maxLimitedParticipants {
		require.NoError(t, limits.take(hub.Credentials{ParticipantID: strconv.Itoa(i), Token: "guess"}))
	}
	require.LessOrEqual(t, len(limits.known), maxLimitedParticipants)
}
