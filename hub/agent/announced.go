package agent

import (
	"encoding/json"
	"math"
	"strings"

	"parley/protocol"
)

// What agents announce, as the Agent Client Protocol names it. Where versions 1
// and 2 name a member differently both are here, and one is empty.
type (
	announcedInfo struct{ Name, Title, Version word }

	announcedAuthMethod struct{ ID, MethodID, Name, Description, Type word }

	announcedCommand struct {
		Name, Description word
		Input             maybe[struct{ Hint word }]
	}

	announcedOption struct {
		ID, ConfigID, Name, Description, Category, Type word
		CurrentValue                                    json.RawMessage
		Options                                         listOf[announcedValue]
	}

	// announcedValue is a value of an option, a group of values, or a mode or
	// model of version 1.
	announcedValue struct {
		Value, ID, ModelID, Name, Description word
		Options                               listOf[announcedValue] // of a group
	}

	announcedCost struct {
		Amount   float64
		Currency word
	}
)

// either returns the first word that there is.
func either(words ...word) string {
	for _, w := range words {
		if w != "" {
			return string(w)
		}
	}
	return ""
}

func (m announcedAuthMethod) method() protocol.AuthMethod {
	id := either(m.ID, m.MethodID)
	return protocol.AuthMethod{ID: id, Name: either(m.Name, word(id)), Description: string(m.Description), Type: either(m.Type, "agent")}
}

// commands puts a list into our words. Some agents write the slash themselves.
func commands(list listOf[announcedCommand]) []protocol.AvailableCommand {
	out := make([]protocol.AvailableCommand, len(list))
	for i, c := range list {
		name := strings.TrimPrefix(string(c.Name), "/")
		out[i] = protocol.AvailableCommand{Name: name, Description: string(c.Description), Hint: string(c.Input.value.Hint)}
	}
	return out
}

func (o announcedOption) option() protocol.ConfigOption {
	id := either(o.ID, o.ConfigID)
	category := string(o.Category)
	out := protocol.ConfigOption{
		ID: id, Name: either(o.Name, word(id)), Description: string(o.Description),
		Category: category, Type: either(o.Type, "select"), CurrentValue: compact(o.CurrentValue),
		Options: []protocol.ConfigValue{},
	}
	var current string
	if json.Unmarshal(o.CurrentValue, &current) == nil {
		out.CurrentValue = quoted(current) // one spelling, whatever was escaped
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
	value := either(v.Value, v.ID, v.ModelID)
	out := protocol.ConfigValue{Value: value, Name: either(v.Name, word(value)), Description: string(v.Description), Group: group}
	out.AsksNobody = category == protocol.CategoryMode && asksNobody(out)
	return out
}

// choice makes an option of the modes or models of version 1. Its id is the
// category.
func choice(category, name string, current word, values listOf[announcedValue]) *protocol.ConfigOption {
	o := announcedOption{ID: word(category), Name: word(name), Category: word(category), CurrentValue: quoted(string(current)), Options: values}
	bounded := protocol.AgentFacts{ConfigOptions: []protocol.ConfigOption{o.option()}}.Bounded().ConfigOptions
	if len(bounded) == 0 {
		return nil // its current value is no id that can be kept
	}
	return &bounded[0]
}

// count reads a number of tokens; 0 for what is no number.
func count(raw json.RawMessage) int64 {
	var n float64
	if json.Unmarshal(raw, &n) != nil || !(n > 0) {
		return 0
	}
	return int64(min(n, 1<<53-1))
}

// cost is nil when there is none that can be read.
func (c announcedCost) cost() *protocol.AgentCost {
	if c.Currency == "" || c.Amount < 0 || math.IsInf(c.Amount, 0) {
		return nil
	}
	return &protocol.AgentCost{Amount: c.Amount, Currency: string(c.Currency)}
}
