package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJoin_is_called_wrongly(t *testing.T) {
	t.Setenv("USER", "")
	const invite = "http://127.0.0.1:1/s/1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11#i=I"
	for name, args := range map[string][]string{
		"without a link":          {"join"},
		"with two links":          {"join", invite, invite},
		"with what is no link":    {"join", "hello"},
		"with an unknown flag":    {"join", invite, "--loud"},
		"by nobody in particular": {"join", invite},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, exitUsage, run(t.Context(), args)) })
	}
}
