package protocol

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"
)

// Agent describes the agent of a host session: its state and the known facts. Server
// to client, in a [Welcome].
type Agent struct {
	Status      AgentStatus `json:"status"`                // as reported last
	Detail      string      `json:"detail,omitempty"`      // as in AgentStatusChanged
	SilentSince *time.Time  `json:"silentSince,omitempty"` // as in AgentStatusChanged
	Asleep      bool        `json:"asleep,omitempty"`      // as in AgentStatusChanged
	AgentFacts
	Configuring []AgentConfiguring    `json:"configuring,omitempty"` // changes of options that the agent has not answered
	SigningIn   *AgentSigningIn       `json:"signingIn,omitempty"`   // signing in that is under way
	NeedsSignIn bool                  `json:"needsSignIn,omitempty"` // the last prompt failed because the server's user is not signed in
	RefusedMode *AgentConfigureFailed `json:"refusedMode,omitempty"` // the mode that a restarted agent refuses; prompts wait meanwhile
	Turn        *AgentTurn            `json:"turn,omitempty"`        // that the agent began without a prompt; prompts wait meanwhile
}

// AgentFacts are the facts that an agent reports about itself and its session, not
// about a turn: the newest value of each. A missing member is unknown or, in an
// [AgentUpdated], unchanged; an empty member says that there is no such value. The texts
// are the agent's own and untrusted. Texts and lists are bounded; a truncated text ends in
// an ellipsis. Server to client.
type AgentFacts struct {
	Info                  *AgentInfo         `json:"info,omitzero"`
	Capabilities          json.RawMessage    `json:"capabilities,omitzero"` // as the agent sent them; an empty object if they exceed the bound
	AuthMethods           []AuthMethod       `json:"authMethods,omitzero"`
	ConfigOptions         []ConfigOption     `json:"configOptions,omitzero"`         // includes the modes and models of the Agent Client Protocol, version 1
	ConfigOptionTotal     *int               `json:"configOptionTotal,omitzero"`     // how many the agent has; the list may be truncated
	AvailableCommands     []AvailableCommand `json:"availableCommands,omitzero"`     // the slash commands that a prompt may begin with
	AvailableCommandTotal *int               `json:"availableCommandTotal,omitzero"` // how many the agent has; the list may be truncated
	SessionTitle          *string            `json:"sessionTitle,omitzero"`          // the agent's name for its session
	Usage                 *AgentUsage        `json:"usage,omitzero"`                 // at the end of the last turn
	Profile               *string            `json:"profile,omitzero"`               // the name under which the server starts the agent
	Profiles              []string           `json:"profiles,omitzero"`              // the names of the agents that the host may switch to, the present one included
	Cwd                   *string            `json:"cwd,omitzero"`                   // the working directory
	Background            []BackgroundWork   `json:"background,omitzero"`            // what runs beside the turns, as the agent reports it
	BackgroundTotal       *int               `json:"backgroundTotal,omitzero"`       // how much the agent reports; the list may be truncated
	Notes                 []string           `json:"notes,omitzero"`                 // what the server could not give the agent of its configuration; each a sentence for people
	Connector             *AgentConnector    `json:"connector,omitzero"`             // the connector that runs the agent on another machine; missing if the server runs it
}

// AgentConnector is the connector of an agent that runs on another machine. Server to
// client.
type AgentConnector struct {
	// DetachedSince is since when the connector has had no connection to the server; null
	// while it has one. Prompts wait meanwhile.
	DetachedSince *time.Time `json:"detachedSince"`
}

// BackgroundWork is work of the agent that runs beside its turns. Server to client.
type BackgroundWork struct {
	Type       string `json:"type"`                 // terminal, tool_call, or a word of the agent's own
	ToolCallID string `json:"toolCallId,omitempty"` // of a tool_call
	TerminalID string `json:"terminalId,omitempty"` // of a terminal
}

// AgentInfo identifies the agent's program. Server to client.
type AgentInfo struct {
	Name    string `json:"name"`
	Title   string `json:"title"` // for people; may be empty
	Version string `json:"version"`
}

// AuthMethod is a way to sign in to an agent. Server to client.
type AuthMethod struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type"` // agent, terminal, env_var, or a word of the agent's own

	// Command is the command to run on the server's machine, as the user that runs the
	// server, if Type is terminal.
	Command string `json:"command,omitempty"`
	// Variables are the names of variables: those that sign in, if Type is env_var, or
	// those of the agent's configuration that Command needs as well.
	Variables []string `json:"variables,omitempty"`
}

// ConfigOption is a setting of the agent's session. Server to client.
type ConfigOption struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"`
	Description  string          `json:"description"`
	Category     string          `json:"category"`     // mode, model, thought_level, a word of the agent's own, or empty
	Type         string          `json:"type"`         // select, boolean, or a word of the agent's own
	CurrentValue json.RawMessage `json:"currentValue"` // a string; true or false if Type is boolean
	Options      []ConfigValue   `json:"options"`      // the choices if Type is select, including the current one
	OptionTotal  int             `json:"optionTotal"`  // how many there are; the list may be truncated
}

// Categories of a [ConfigOption].
const (
	CategoryMode  = "mode"
	CategoryModel = "model"
)

// ConfigValue is a choice of a [ConfigOption]. Server to client.
type ConfigValue struct {
	Value       string `json:"value"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Group       string `json:"group"`      // the name of its group; empty if it has none
	AsksNobody  bool   `json:"asksNobody"` // whether, by the agent's own description, this mode does not ask people for permission
}

// AvailableCommand is a slash command of an agent. Server to client.
type AvailableCommand struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Hint        string `json:"hint"` // the argument to type after the name; empty if it takes none
}

// AgentUsage is the context usage and cost of the agent's session. Server to client.
type AgentUsage struct {
	Used int64      `json:"used"` // tokens
	Size int64      `json:"size"` // tokens; 0 if unknown
	Cost *AgentCost `json:"cost"` // null if unknown
}

// AgentCost is the cost of a session so far. Server to client.
type AgentCost struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"` // ISO 4217
}

// Merge replaces the members of f that update contains. Afterwards f shares memory with
// update; neither may be changed in place.
func (f *AgentFacts) Merge(update AgentFacts) {
	into, from := reflect.ValueOf(f).Elem(), reflect.ValueOf(update)
	for i := range from.NumField() {
		if !from.Field(i).IsZero() {
			into.Field(i).Set(from.Field(i))
		}
	}
}

// Changes returns the members of update that differ from f, and whether there are any.
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

// sameFact compares two members by their JSON form, because values that were read from
// a journal can differ in other ways, such as the spaces in raw JSON.
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

// Option returns the first option of a category, or nil.
func (f AgentFacts) Option(category string) *ConfigOption {
	for i := range f.ConfigOptions {
		if f.ConfigOptions[i].Category == category {
			return &f.ConfigOptions[i]
		}
	}
	return nil
}

// Current returns the current value. If the list of choices does not contain it, its
// name is the value itself.
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

// ProgramName returns the title of the program, or else its name, with the version. It
// is empty if the program is unknown.
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
