package protocol_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// values returns n values of an option.
func values(n int, description string) []protocol.ConfigValue {
	list := make([]protocol.ConfigValue, n)
	for i := range list {
		list[i] = protocol.ConfigValue{Value: fmt.Sprint("v", i), Name: fmt.Sprint("Value ", i), Description: description}
	}
	return list
}

func option(id, category, current string, list []protocol.ConfigValue) protocol.ConfigOption {
	return protocol.ConfigOption{ID: id, Category: category, Type: "select", CurrentValue: json.RawMessage(`"` + current + `"`), Options: list}
}

func TestAgentFacts_Bounded_keeps_usual_facts(t *testing.T) {
	facts := everyFact
	require.Equal(t, facts, facts.Bounded())
}

func TestAgentFacts_Bounded_truncates(t *testing.T) {
	long := strings.Repeat("é", 4<<10)
	commands := make([]protocol.AvailableCommand, 10_000)
	for i := range commands {
		commands[i] = protocol.AvailableCommand{Name: fmt.Sprint("c", i), Description: long}
	}
	facts := protocol.AgentFacts{
		Info:              &protocol.AgentInfo{Name: long, Title: long, Version: long},
		Capabilities:      json.RawMessage(`{"x":"` + long + long + `"}`),
		AuthMethods:       []protocol.AuthMethod{{ID: "login", Name: long, Description: long}, {ID: long}, {}},
		AvailableCommands: commands,
		SessionTitle:      &long,
		Cwd:               &long,
		Usage:             &protocol.AgentUsage{Used: -1, Size: 1 << 62, Cost: &protocol.AgentCost{Amount: 1, Currency: long}},
	}
	got := facts.Bounded()
	body, err := protocol.Marshal(got)
	require.NoError(t, err)
	require.Less(t, len(body), 256<<10)
	require.Equal(t, got, got.Bounded(), "bounded facts are unchanged")

	t.Run("texts, between characters and with an ellipsis", func(t *testing.T) {
		for _, text := range []string{got.Info.Name, got.Info.Version, got.AuthMethods[0].Name, *got.SessionTitle, got.Usage.Cost.Currency} {
			require.LessOrEqual(t, len(text), 256)
			require.True(t, strings.HasSuffix(text, "é…"), text)
		}
		require.LessOrEqual(t, len(got.AvailableCommands[0].Description), 1<<10)
	})
	t.Run("lists, and keeps the total", func(t *testing.T) {
		require.NotEmpty(t, got.AvailableCommands)
		require.LessOrEqual(t, len(got.AvailableCommands), 256)
		require.Equal(t, "c0", got.AvailableCommands[0].Name)
		require.Equal(t, 10_000, *got.AvailableCommandTotal)
	})
	t.Run("drops elements whose id is too long", func(t *testing.T) {
		require.Len(t, got.AuthMethods, 1)
	})
	t.Run("drops capabilities that are too long", func(t *testing.T) {
		require.JSONEq(t, `{}`, string(got.Capabilities))
	})
	t.Run("limits numbers to those that every client can decode", func(t *testing.T) {
		require.Zero(t, got.Usage.Used)
		require.Equal(t, int64(1<<53-1), got.Usage.Size)
	})
}

func TestAgentFacts_Bounded_options(t *testing.T) {
	bounded := func(options ...protocol.ConfigOption) protocol.AgentFacts {
		got := protocol.AgentFacts{ConfigOptions: options}.Bounded()
		body, err := protocol.Marshal(got.ConfigOptions)
		require.NoError(t, err)
		require.LessOrEqual(t, len(body), 65<<10)
		require.Equal(t, got, got.Bounded(), "bounded facts are unchanged")
		return got
	}
	long := strings.Repeat("x", 900)
	for name, tc := range map[string]struct {
		models []protocol.ConfigValue
		listed int // at most
	}{
		"too many values":           {values(2000, ""), 512},
		"values that are too long":  {values(400, long), 70},
		"both":                      {values(2000, long), 70},
		"the last value is current": {values(1_500, ""), 512},
		"all values are equal":      {append(values(1, long), make([]protocol.ConfigValue, 5000)...), 512},
		"a value that is too long":  {append(values(3, ""), protocol.ConfigValue{Value: strings.Repeat("v", 300)}), 3},
	} {
		t.Run(name, func(t *testing.T) {
			current := tc.models[len(tc.models)-1].Value
			if len(current) > 256 {
				current = "v2"
			}
			got := bounded(option("model", protocol.CategoryModel, current, tc.models), option("mode", protocol.CategoryMode, "v1", values(3, "")))
			model := got.Option(protocol.CategoryModel)
			require.LessOrEqual(t, len(model.Options), tc.listed)
			require.Equal(t, len(tc.models), model.OptionTotal)
			require.Contains(t, model.Options, model.Current(), "the current value is listed")
			require.Len(t, got.Option(protocol.CategoryMode).Options, 3, "any number of models leaves room for the mode")
		})
	}
	t.Run("too many options", func(t *testing.T) {
		var many []protocol.ConfigOption
		for i := range 500 {
			many = append(many, option(fmt.Sprint("o", i), "", "v1", values(3, long)))
		}
		got := bounded(many...)
		require.LessOrEqual(t, len(got.ConfigOptions), 64)
		require.NotEmpty(t, got.ConfigOptions)
		require.Equal(t, 500, *got.ConfigOptionTotal)
	})
	t.Run("an option without an id, and one whose value is too long", func(t *testing.T) {
		require.Empty(t, bounded(option("", "", "v", nil), option("o", "", strings.Repeat("v", 600), nil)).ConfigOptions)
	})
	t.Run("an option without a value", func(t *testing.T) {
		require.JSONEq(t, `null`, string(bounded(protocol.ConfigOption{ID: "o"}).ConfigOptions[0].CurrentValue))
	})
}
