package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
)

// ballastBytes is the size of the server's ballast; see package server.
const ballastBytes = 32 << 20

func TestServe_collects_garbage_rarely_without_occupying_more_memory(t *testing.T) {
	s := e2e.ServerConfig{Program: buildParley(t), Data: t.TempDir(), Flags: []string{"--debug-listen", e2e.FreeAddress(t)}}.Start(t)
	profiles := s.Profiles(t)
	profiles.CollectGarbage(t)
	require.Greater(t, profiles.NextCollection(t), 2*ballastBytes)
	require.Less(t, s.ResidentMemory(t), ballastBytes*3/2, "the ballast is not resident; about 23 MB are pages of the program")
	s.Stop(t)
}
