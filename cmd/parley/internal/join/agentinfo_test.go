package join

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// modes returns the facts of an agent whose mode has the given value.
func modes(current string) protocol.AgentFacts {
	return protocol.AgentFacts{ConfigOptions: []protocol.ConfigOption{{
		ID: "mode", Category: protocol.CategoryMode, Type: "select", CurrentValue: json.RawMessage(`"` + current + `"`),
		Options: []protocol.ConfigValue{{Value: "ask", Name: "Ask\x1b[2J"}, {Value: "auto", Name: "Auto", AsksNobody: true}},
	}}}
}

func TestScreen_shows_the_agent_and_its_mode(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, newLedger())
	facts := modes("ask")
	facts.Info, facts.Cwd = &protocol.AgentInfo{Name: "kestrel", Version: "1.2"}, new("/home/ada")
	facts.Notes = []string{"The MCP server \"web\" is left out."}
	s.agentInfo(protocol.Agent{AgentFacts: facts})
	require.Contains(t, out.String(), "* the agent is kestrel 1.2, mode: Ask")
	require.Contains(t, out.String(), "in /home/ada")
	require.Contains(t, out.String(), "* The MCP server \"web\" is left out.")
	require.NotContains(t, out.String(), "\x1b")
}

func TestScreen_shows_nothing_about_an_unknown_agent(t *testing.T) {
	var out strings.Builder
	newScreen(&out, false, newLedger()).agentInfo(protocol.Agent{Status: protocol.AgentIdle})
	require.Empty(t, out.String())
}

func TestScreen_shows_a_change_of_mode_once(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, newLedger())
	s.agentInfo(protocol.Agent{AgentFacts: modes("ask")})
	out.Reset()
	s.agentChanges(modes("auto"))
	s.agentChanges(modes("auto"))
	s.agentChanges(protocol.AgentFacts{SessionTitle: new("Discounts")})
	require.Equal(t, "* the agent's mode: Auto (never asks for permission)\n", out.String())
}
