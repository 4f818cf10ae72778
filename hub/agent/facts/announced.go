package facts

import (
	"encoding/json"
	"math"
	"strings"

	"parley/protocol"
)

// The types of announcements in the Agent Client Protocol. Where versions 1 and 2 name
// a member differently, a type has both, of which one is empty.
type (
	announcedInfo struct{ Name, Title, Version word }

	announcedAuthMethod struct {
		ID, MethodID, Name, Description, Type, VarName word
		Args                                           listOf[word]
		Env                                            json.RawMessage // an object, or a list of names and values
		Vars                                           listOf[struct{ Name word }]
	}

	announcedCommand struct {
		Name, Description word
		Input             maybe[struct{ Hint word }]
	}

	announcedOption struct {
		ID, ConfigID, Name, Description, Category, Type word
		CurrentValue                                    json.RawMessage
		Options                                         listOf[announcedValue]
	}

	// announcedValue is a value of an option, a group of values, or a mode or model
	// of version 1.
	announcedValue struct {
		Value, ID, ModelID, Name, Description word
		Options                               listOf[announcedValue] // of a group
	}

	announcedWork struct{ Type, ToolCallID, TerminalID word }

	announcedCost struct {
		Amount   float64
		Currency word
	}
)

// commands converts a list of commands. Some agents write the slash as part of a name.
func commands(list listOf[announcedCommand]) []protocol.AvailableCommand {
	out := make([]protocol.AvailableCommand, len(list))
	for i, c := range list {
		name := strings.TrimPrefix(string(c.Name), "/")
		out[i] = protocol.AvailableCommand{Name: name, Description: string(c.Description), Hint: string(c.Input.value.Hint)}
	}
	return out
}

func (o announcedOption) option() protocol.ConfigOption {
	id := firstWord(o.ID, o.ConfigID)
	category := string(o.Category)
	out := protocol.ConfigOption{
		ID: id, Name: firstWord(o.Name, word(id)), Description: string(o.Description),
		Category: category, Type: firstWord(o.Type, "select"), CurrentValue: compact(o.CurrentValue),
		Options: []protocol.ConfigValue{},
	}
	var current string
	if json.Unmarshal(o.CurrentValue, &current) == nil {
		out.CurrentValue = quoted(current) // the same text with the same escapes
	}
	for _, v := range o.Options {
		if v.Options == nil {
			out.Options = append(out.Options, v.configValue(category, ""))
		}
		for _, member := range v.Options {
			out.Options = append(out.Options, member.configValue(category, string(v.Name)))
		}
	}
	return out
}

func (v announcedValue) configValue(category, group string) protocol.ConfigValue {
	value := firstWord(v.Value, v.ID, v.ModelID)
	out := protocol.ConfigValue{Value: value, Name: firstWord(v.Name, word(value)), Description: string(v.Description), Group: group}
	out.AsksNobody = category == protocol.CategoryMode && asksNobody(out)
	return out
}

// choice converts the modes or models of version 1 to an option whose id is its
// category. It returns nil if the current value is too long for an id.
func choice(category, name string, current word, values listOf[announcedValue]) *protocol.ConfigOption {
	o := announcedOption{ID: word(category), Name: word(name), Category: word(category), CurrentValue: quoted(string(current)), Options: values}
	bounded := protocol.AgentFacts{ConfigOptions: []protocol.ConfigOption{o.option()}}.Bounded().ConfigOptions
	if len(bounded) == 0 {
		return nil
	}
	return &bounded[0]
}

// cost returns nil if the cost is missing or invalid.
func (c announcedCost) cost() *protocol.AgentCost {
	if c.Currency == "" || c.Amount < 0 || math.IsInf(c.Amount, 0) {
		return nil
	}
	return &protocol.AgentCost{Amount: c.Amount, Currency: string(c.Currency)}
}

// background decodes the work that runs beside the turns. Work of an unknown type is
// listed too, since it runs.
func background(list listOf[announcedWork]) []protocol.BackgroundWork {
	out := make([]protocol.BackgroundWork, len(list))
	for i, w := range list {
		out[i] = protocol.BackgroundWork{Type: string(w.Type), ToolCallID: string(w.ToolCallID), TerminalID: string(w.TerminalID)}
	}
	return out
}
