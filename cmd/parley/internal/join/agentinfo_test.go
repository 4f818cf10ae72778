package join

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
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
	s := newScreen(&out, false, ledger.New())
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
	newScreen(&out, false, ledger.New()).agentInfo(protocol.Agent{Status: protocol.AgentIdle})
	require.Empty(t, out.String())
}

func TestScreen_shows_a_change_of_mode_once(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	s.agentInfo(protocol.Agent{AgentFacts: modes("ask")})
	out.Reset()
	s.agentChanges(modes("auto"), nil)
	s.agentChanges(modes("auto"), nil)
	s.agentChanges(protocol.AgentFacts{SessionTitle: new("Discounts")}, nil)
	require.Equal(t, "* the agent's mode: Auto (never asks for permission)\n", out.String())
}

func TestScreen_lists_all_that_is_known_of_the_agent(t *testing.T) {
	var out strings.Builder
	r, s := newRoom(), newScreen(&out, false, ledger.New())
	r.agent.AgentFacts = modes("auto")
	r.agent.Info, r.agent.Cwd = &protocol.AgentInfo{Name: "kestrel", Version: "1.2"}, new("/home/ada\u202e")
	r.agent.SessionTitle = new("Discounts")
	r.agent.Usage = &protocol.AgentUsage{Used: 500, Size: 2000, Cost: &protocol.AgentCost{Amount: 1.5, Currency: "USD"}}
	r.agent.AvailableCommands = []protocol.AvailableCommand{{Name: "plan"}}
	s.event(r, &protocol.Event{Cursor: nextCursor(), Payload: &protocol.PromptDispatchStarted{ApprovalID: "a"}})
	s.update(json.RawMessage(`{"method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":"c","title":"Read","locations":[{"path":"/a.go","line":7}]}}}`))
	out.Reset()
	s.agentFacts(r)
	require.Equal(t, "* agent: kestrel 1.2\n* mode: Auto (never asks for permission)\n* directory: /home/ada⟨U+202E⟩\n"+
		"* context used: 500 of 2000 tokens, 25 %\n* cost so far: 1.50 USD\n* session: Discounts\n* looks at: /a.go:7\n* commands: 1; /commands lists them\n", out.String())
}

func TestScreen_shows_an_option_that_the_agent_sets_of_its_own_accord(t *testing.T) {
	var out strings.Builder
	r, s := newRoom(), newScreen(&out, false, ledger.New())
	effort := func(value string) *protocol.Event {
		return &protocol.Event{Cursor: nextCursor(), Payload: &protocol.AgentUpdated{AgentFacts: protocol.AgentFacts{ConfigOptions: []protocol.ConfigOption{
			{ID: "effort", Name: "Effort", Category: "thought_level", Type: "select", CurrentValue: json.RawMessage(value)}}}}}
	}
	for _, value := range []string{`"low"`, `"high"`, `"high"`} {
		s.event(r, effort(value))
	}
	require.Equal(t, "* the agent set Effort to high\n", out.String())
}
