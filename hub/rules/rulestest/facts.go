package rulestest

import (
	"encoding/json"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"parley/protocol"
)

// DrawFacts draws facts that an agent may announce, with texts and lists beyond every bound.
func DrawFacts(t *rapid.T) protocol.AgentFacts {
	var f protocol.AgentFacts
	text := func(label string) string {
		return strings.Repeat(rapid.SampledFrom([]string{"a", "é", "\u0000", "<"}).Draw(t, label), rapid.SampledFrom([]int{0, 1, 300, 5000}).Draw(t, label+" length"))
	}
	switch rapid.IntRange(0, 6).Draw(t, "fact") {
	case 0:
		f.Info = &protocol.AgentInfo{Name: text("name"), Title: text("title"), Version: text("version")}
		f.Capabilities = json.RawMessage(`{"x":"` + strings.Repeat("c", rapid.SampledFrom([]int{0, 100_000}).Draw(t, "capabilities")) + `"}`)
	case 1:
		f.AvailableCommands = slices.Repeat([]protocol.AvailableCommand{{Name: text("command"), Description: text("about"), Hint: text("hint")}}, rapid.SampledFrom([]int{0, 1, 300}).Draw(t, "commands"))
	case 2:
		option := protocol.ConfigOption{ID: text("option"), Name: text("option's name"), Category: protocol.CategoryModel, Type: "select", CurrentValue: json.RawMessage(`"v"`)}
		option.Options = slices.Repeat([]protocol.ConfigValue{{Value: text("value"), Description: text("about value")}}, rapid.SampledFrom([]int{0, 1, 600}).Draw(t, "values"))
		option.Options = append(option.Options, protocol.ConfigValue{Value: "v"})
		f.ConfigOptions = slices.Repeat([]protocol.ConfigOption{option}, rapid.SampledFrom([]int{0, 1, 70}).Draw(t, "options"))
	case 3:
		f.SessionTitle, f.Cwd = new(text("session")), new(text("cwd"))
	case 4:
		f.Usage = &protocol.AgentUsage{Used: rapid.Int64().Draw(t, "used"), Size: rapid.Int64().Draw(t, "size"), Cost: &protocol.AgentCost{Amount: 1, Currency: text("currency")}}
	default:
		f.AuthMethods = slices.Repeat([]protocol.AuthMethod{{ID: text("method"), Description: text("about method")}}, rapid.SampledFrom([]int{0, 1, 40}).Draw(t, "methods"))
	}
	return f
}
