package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_restores_the_facts_that_an_agent_has_reported(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *e2e.Server){
		"after a stop": func(t *testing.T, s *e2e.Server) { s.Stop(t) },
		"after a kill": func(t *testing.T, s *e2e.Server) { s.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := e2e.StartServer(t, t.TempDir(), "--agent", "child=parley demo-agent --pace 1ms")
			agent := s.StartAgent(t, "child")
			first := s.Share(t, agent, protocol.ModePromptDirect)
			host := e2e.Connect(t, first.HostLink(), "")
			awaitTurnEnd(t, host, sendPrompt(t, host, "mode"))
			awaitTurnEnd(t, host, sendPrompt(t, host, "help me"))
			end(t, s)
			s = s.Restart(t)

			requireFacts(t, e2e.MustCall[protocol.HostSessionAnswer](t, s.API, e2e.Request{Path: "/api/sessions/" + agent}).Session.Facts)
			listed := e2e.MustCall[protocol.HostSessionsAnswer](t, s.API, e2e.Request{Path: "/api/sessions"})
			requireFacts(t, listed.Sessions[0].Facts)
			later := s.Share(t, agent, protocol.ModePromptDirect)
			w, err := later.Welcome(t.Context(), later.Join(t, "ben"))
			require.NoError(t, err)
			requireFacts(t, w.Agent.AgentFacts)
			s.Stop(t)
		})
	}
}

// requireFacts checks the facts that the demo agent reports when it starts and in a turn.
func requireFacts(t *testing.T, f protocol.AgentFacts) {
	t.Helper()
	require.Equal(t, "Demo agent 1", f.ProgramName())
	require.Contains(t, string(f.Capabilities), `"embeddedContext":true`)
	require.NotEmpty(t, f.AvailableCommands)
	require.Equal(t, "mode", *f.SessionTitle)
	require.Positive(t, f.Usage.Used)
	require.True(t, f.Option(protocol.CategoryMode).Current().AsksNobody)
	require.Equal(t, "Storyteller", f.Option(protocol.CategoryModel).Current().Name)
	require.NotEmpty(t, *f.Cwd)
}
