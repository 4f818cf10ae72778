package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/raw/rawtest"
	"parley/cmd/parley-bench/internal/target"
)

func TestEventStream_counts_events_like_a_WebSocket(t *testing.T) {
	server, _ := rawtest.Start(t, "")
	raw := target.NewRawRoom(server, "/1")
	of := meter.NewTally()
	c, err := newGroupIn(t.Context(), raw, of, groupConfig{people: 5, transport: target.SSE, size: 100, inFlight: 8})
	require.NoError(t, err)
	require.NoError(t, c.sendUntil(t.Context(), 8, func(sent int) bool { return sent >= 1000 }))
	require.NoError(t, c.close())
	require.Equal(t, int64(c.seq), of.Complete.Load())
	require.Equal(t, int64(5*c.seq), of.Delivered.Load())
}
