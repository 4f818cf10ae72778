package protocol_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// everyFact has every member, with texts that an encoder might escape.
var everyFact = protocol.AgentFacts{
	Info:         &protocol.AgentInfo{Name: "sample", Title: "S & S", Version: "1.0"},
	Capabilities: json.RawMessage(`{"loadSession":true,"n":12345678901234567890}`),
	AuthMethods:  []protocol.AuthMethod{{ID: "login", Name: "<Sign in>", Type: "agent"}},
	ConfigOptions: []protocol.ConfigOption{
		{ID: "mode", Name: "Mode", Category: protocol.CategoryMode, Type: "select", CurrentValue: json.RawMessage(`"auto"`),
			Options: []protocol.ConfigValue{{Value: "auto", Name: "Auto", AsksNobody: true}}, OptionTotal: 1},
		{ID: "web", Name: "Web", Type: "boolean", CurrentValue: json.RawMessage(`true`), Options: []protocol.ConfigValue{}},
	},
	ConfigOptionTotal:     ptr(2),
	AvailableCommands:     []protocol.AvailableCommand{{Name: "review", Hint: "a branch"}},
	AvailableCommandTotal: ptr(300),
	SessionTitle:          ptr("A <title>"),
	Usage:                 &protocol.AgentUsage{Used: 1, Size: 2, Cost: &protocol.AgentCost{Amount: 0.25, Currency: "USD"}},
	Profile:               ptr("mine"),
	Profiles:              []string{"mine", "demo"},
	Cwd:                   ptr("/home/ada"),
	Background:            []protocol.BackgroundWork{{Type: "terminal", TerminalID: "t"}, {Type: "tool_call", ToolCallID: "c"}},
	BackgroundTotal:       ptr(2),
	Notes:                 []string{"The MCP server \"x\" is left out."},
	Connector:             &protocol.AgentConnector{DetachedSince: ptr(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))},
}

func TestAgentFacts_every_member_is_in_the_tests(t *testing.T) {
	for i, v := range reflect.ValueOf(everyFact).Fields() {
		require.False(t, v.IsZero(), i.Name)
	}
}

func TestAgent_is_one_JSON_object(t *testing.T) {
	body, err := protocol.Marshal(protocol.Agent{Status: protocol.AgentIdle, AgentFacts: protocol.AgentFacts{Cwd: ptr("/x")}})
	require.NoError(t, err)
	require.JSONEq(t, `{"status":"idle","cwd":"/x"}`, string(body))
}

func TestAgentFacts_Merge(t *testing.T) {
	t.Run("replaces the members of the update and keeps the others", func(t *testing.T) {
		facts := everyFact
		facts.Merge(protocol.AgentFacts{SessionTitle: ptr(""), AvailableCommands: []protocol.AvailableCommand{}, AvailableCommandTotal: ptr(0)})
		want := everyFact
		want.SessionTitle, want.AvailableCommands, want.AvailableCommandTotal = ptr(""), []protocol.AvailableCommand{}, ptr(0)
		require.Equal(t, want, facts)
	})
	t.Run("does not change earlier copies", func(t *testing.T) {
		facts := everyFact
		before := facts
		facts.Merge(protocol.AgentFacts{Usage: &protocol.AgentUsage{Used: 9}})
		require.Equal(t, everyFact, before)
	})
	t.Run("distinguishes an empty list from a missing one in JSON", func(t *testing.T) {
		body, err := protocol.Marshal(protocol.AgentFacts{AvailableCommands: []protocol.AvailableCommand{}})
		require.NoError(t, err)
		require.JSONEq(t, `{"availableCommands":[]}`, string(body))
		var again protocol.AgentFacts
		require.NoError(t, json.Unmarshal(body, &again))
		require.NotNil(t, again.AvailableCommands)
	})
}

func TestAgentFacts_Changes(t *testing.T) {
	changes, some := everyFact.Changes(everyFact)
	require.False(t, some)
	require.Equal(t, protocol.AgentFacts{}, changes)

	update := protocol.AgentFacts{Info: everyFact.Info, Usage: &protocol.AgentUsage{Used: 9}}
	changes, some = everyFact.Changes(update)
	require.True(t, some)
	require.Equal(t, protocol.AgentFacts{Usage: update.Usage}, changes, "only the new values")

	body, err := json.Marshal(everyFact)
	require.NoError(t, err)
	var again protocol.AgentFacts
	require.NoError(t, json.Unmarshal(body, &again))
	_, some = everyFact.Changes(again)
	require.False(t, some, "facts are unchanged by encoding and decoding")
}

func TestConfigOption_Current(t *testing.T) {
	mode := protocol.ConfigValue{Value: "ask", Name: "Ask first"}
	for name, tc := range map[string]struct {
		value string
		want  protocol.ConfigValue
	}{
		"a listed value":             {`"ask"`, mode},
		"a value that is not listed": {`"new"`, protocol.ConfigValue{Value: "new", Name: "new"}},
		"a boolean":                  {`true`, protocol.ConfigValue{Value: "true", Name: "true"}},
		"no value":                   {``, protocol.ConfigValue{}},
	} {
		t.Run(name, func(t *testing.T) {
			o := protocol.ConfigOption{CurrentValue: json.RawMessage(tc.value), Options: []protocol.ConfigValue{mode}}
			require.Equal(t, tc.want, o.Current())
		})
	}
}

func TestAgentFacts_ProgramName(t *testing.T) {
	for want, info := range map[string]*protocol.AgentInfo{
		"":           nil,
		"Gem 1.2":    {Name: "gem-cli", Title: "Gem", Version: "1.2"},
		"gem-cli":    {Name: "gem-cli"},
		"gem-cli v3": {Name: "gem-cli", Version: "v3"},
	} {
		require.Equal(t, want, protocol.AgentFacts{Info: info}.ProgramName())
	}
}
