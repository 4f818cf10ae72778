package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestJoin_sets_options_that_outlive_a_killed_server(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--agent", "child=parley demo-agent --pace 1ms")
	room := s.Share(t, s.StartAgent(t, "child"), protocol.ModePromptDirect)
	ada := e2e.Start(t, e2e.Command{Args: []string{"join", room.HostLink().String()}, Stdin: true})
	ada.WriteLine(t, "/set")
	ada.Stdout.Await(t, `storyteller-mini \(Storyteller mini\)`)
	ada.Stdout.Await(t, `hurry \(Hurry\) is off; values: on, off`)
	ada.WriteLine(t, "/set model storyteller max")
	ada.Stdout.Await(t, `the agent did not set Model to Storyteller max, as .* asked: .*not available`)
	ada.WriteLine(t, "/set mode auto")
	ada.Stdout.Await(t, `\* .* set Mode to Auto`)
	ada.WriteLine(t, "/quit")
	require.Zero(t, ada.ExitCode(t), ada.Stderr)
	s.Kill()

	s = s.Restart(t)
	host := e2e.Connect(t, room.HostLink(), "")
	awaitTurnEnd(t, host, sendPrompt(t, host, "permission"))
	events, _ := host.Events()
	for _, e := range events {
		require.NotEqual(t, protocol.EventPermissionRequested, e.Type, "the mode was set again before the prompt")
	}
	s.Stop(t)
}
