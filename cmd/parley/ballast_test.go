package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

func TestServe_lets_garbage_lie_while_little_is_live_and_occupies_no_more_for_it(t *testing.T) {
	s := e2e.ServeWith(t, buildParley(t), t.TempDir(), "--debug-listen", e2e.FreeAddress(t))
	debug := s.Debug(t)
	debug.CollectGarbage(t)
	require.Greater(t, debug.NextCollection(t), 2*ballastBytes)
	require.Less(t, s.Resident(t), ballastBytes)
	s.Stop(t)
}
