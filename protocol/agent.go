package protocol

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"
)

// Agent is the state of a host session's agent and what is known of it. Server
// to client, in a Welcome.
type Agent struct {
	Status      AgentStatus `json:"status"`                // as last reported
	Detail      string      `json:"detail,omitempty"`      // as in AgentStatusChanged
	SilentSince *time.Time  `json:"silentSince,omitempty"` // as in AgentStatusChanged
	AgentFacts
}

// AgentFacts are what an agent says of itself and of its session rather than of
// a turn: the newest value of each. A member that is missing is not known or,
// in an AgentUpdated, has not changed; an empty one says that there is none.
// Texts are the agent's own and untrusted. They and the lists are bounded; a
// text that was cut ends in an ellipsis. Server to client.
type AgentFacts struct {
	Info                  *AgentInfo         `json:"info,omitzero"`
	Capabilities          json.RawMessage    `json:"capabilities,omitzero"` // as the agent sent them; an empty object if they are too long to keep
	AuthMethods           []AuthMethod       `json:"authMethods,omitzero"`
	ConfigOptions         []ConfigOption     `json:"configOptions,omitzero"`         // the modes and models of version 1 among them
	ConfigOptionTotal     *int               `json:"configOptionTotal,omitzero"`     // how many the agent has; more than are listed when the list was cut
	AvailableCommands     []AvailableCommand `json:"availableCommands,omitzero"`     // what a prompt may begin with, behind a slash
	AvailableCommandTotal *int               `json:"availableCommandTotal,omitzero"` // how many the agent has; more than are listed when the list was cut
	SessionTitle          *string            `json:"sessionTitle,omitzero"`          // what the agent calls its session
	Usage                 *AgentUsage        `json:"usage,omitzero"`                 // as of the end of the last turn
	Cwd                   *string            `json:"cwd,omitzero"`                   // the working directory
}

// AgentInfo names the program that an agent is. Server to client.
type AgentInfo struct {
	Name    string `json:"name"`
	Title   string `json:"title"` // for people; empty if there is none
	Version string `json:"version"`
}

// AuthMethod is a way to sign in that an agent offers. Server to client.
type AuthMethod struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type"` // agent, terminal, or another word of the agent's
}

// ConfigOption is a setting of an agent's session. Server to client.
type ConfigOption struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"`
	Description  string          `json:"description"`
	Category     string          `json:"category"`     // mode, model, thought_level, another word of the agent's, or empty
	Type         string          `json:"type"`         // select, boolean, or another word of the agent's
	CurrentValue json.RawMessage `json:"currentValue"` // a string; true or false where Type is boolean
	Options      []ConfigValue   `json:"options"`      // what may be chosen where Type is select, the current one included
	OptionTotal  int             `json:"optionTotal"`  // how many there are; more than are listed when the list was cut
}

// Categories of a ConfigOption.
const (
	CategoryMode  = "mode"
	CategoryModel = "model"
)

// ConfigValue is a value of a ConfigOption. Server to client.
type ConfigValue struct {
	Value       string `json:"value"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Group       string `json:"group"`      // the name of the group that it belongs to; empty for none
	AsksNobody  bool   `json:"asksNobody"` // a mode in which, by the agent's own words, people are not asked for permission
}

// AvailableCommand is a slash command of an agent. Server to client.
type AvailableCommand struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Hint        string `json:"hint"` // what to type behind it; empty if it takes nothing
}

// AgentUsage is how much of its context an agent's session has used, and what
// the session has cost. Server to client.
type AgentUsage struct {
	Used int64      `json:"used"` // tokens
	Size int64      `json:"size"` // tokens; 0 when it is not known
	Cost *AgentCost `json:"cost"` // null when it is not known
}

// AgentCost is what a session has cost so far. Server to client.
type AgentCost struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"` // ISO 4217
}

// Merge replaces what update tells. The facts share memory with it then; both
// are values that are replaced and never changed in place.
func (f *AgentFacts) Merge(update AgentFacts) {
	into, from := reflect.ValueOf(f).Elem(), reflect.ValueOf(update)
	for i := range from.NumField() {
		if !from.Field(i).IsZero() {
			into.Field(i).Set(from.Field(i))
		}
	}
}

// Changes returns the members of update that tell something new, and whether
// there are any.
func (f AgentFacts) Changes(update AgentFacts) (changes AgentFacts, some bool) {
	into, old, from := reflect.ValueOf(&changes).Elem(), reflect.ValueOf(f), reflect.ValueOf(update)
	for i := range from.NumField() {
		if !from.Field(i).IsZero() && !sameFact(old.Field(i), from.Field(i)) {
			into.Field(i).Set(from.Field(i))
			some = true
		}
	}
	return changes, some
}

// sameFact compares by what is written: what was read from a journal again may
// differ otherwise.
func sameFact(a, b reflect.Value) bool {
	if reflect.DeepEqual(a.Interface(), b.Interface()) {
		return true
	}
	one, err := json.Marshal(a.Interface())
	if err != nil {
		return false
	}
	other, err := json.Marshal(b.Interface())
	return err == nil && bytes.Equal(one, other)
}

// Option returns the first option of a category; nil if there is none.
func (f AgentFacts) Option(category string) *ConfigOption {
	for i := range f.ConfigOptions {
		if f.ConfigOptions[i].Category == category {
			return &f.ConfigOptions[i]
		}
	}
	return nil
}

// Current returns the value that is chosen. One that the list lacks is named by
// its value, as is one of an option that is no choice.
func (o *ConfigOption) Current() ConfigValue {
	var value string
	if json.Unmarshal(o.CurrentValue, &value) != nil {
		value = string(o.CurrentValue)
	}
	for _, v := range o.Options {
		if v.Value == value {
			return v
		}
	}
	return ConfigValue{Value: value, Name: value}
}

// ProgramName returns what to call the program with its version: the title or
// else the name. It is empty when nothing is known.
func (f AgentFacts) ProgramName() string {
	if f.Info == nil {
		return ""
	}
	name := f.Info.Title
	if name == "" {
		name = f.Info.Name
	}
	if name == "" || f.Info.Version == "" {
		return name
	}
	return name + " " + f.Info.Version
}
