package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

func TestServe_lets_garbage_lie_while_little_is_live_and_occupies_no_more_for_it(t *testing.T) {
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir(), Flags: []string{"--debug-listen", e2e.FreeAddress(t)}}.Start(t)
	debug := s.Profiles(t)
	debug.CollectGarbage(t)
	require.Greater(t, debug.NextCollection(t), 2*ballastBytes)
	require.Less(t, s.ResidentMemory(t), ballastBytes)
	s.Stop(t)
}
