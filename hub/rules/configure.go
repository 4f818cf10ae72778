package rules

import (
	"encoding/json"

	"parley/hub/journal"
	"parley/protocol"
)

// OptionChange is a participant's change of an option of the agent, or a participant's
// attempt to sign in to it. Its JSON is stored.
type OptionChange struct {
	ID       string               `json:"id"`
	OptionID string               `json:"optionId"`       // if SignIn is set: the id of the way to sign in
	Value    json.RawMessage      `json:"value"`          // a string or a boolean; null to forget the option
	Mode     bool                 `json:"mode,omitempty"` // the option is the agent's mode
	SignIn   bool                 `json:"signIn,omitempty"`
	By       protocol.Participant `json:"by"`
}

// OptionDefault is the value of an option with which the configuration of an agent begins a
// session.
type OptionDefault struct {
	Option string          // the option's id or category
	Value  json.RawMessage // a string or a boolean
}

// Forgets reports whether the change only forgets what was set before.
func (c *OptionChange) Forgets() bool {
	return !c.SignIn && (len(c.Value) == 0 || string(c.Value) == "null")
}

// Excludes reports whether another change has to wait until this one has ended.
func (c *OptionChange) Excludes(other OptionChange) bool {
	return c.SignIn == other.SignIn && (c.SignIn || c.OptionID == other.OptionID)
}

// NoValue is the value of a change that forgets an option.
var NoValue = json.RawMessage("null")

// MaxChanges is how many changes of options may wait for an agent at a time.
const MaxChanges = 64

// Messages about changes of options. A shared session that misses an outcome asks for
// it with [SharedOpened].
type (
	// Configure asks the host session to change an option. The shared session has
	// checked the change against the known facts.
	Configure struct {
		Change OptionChange
		Shared journal.SessionID
	}
	// ConfigureBegan reports that a change waits for the agent. It may
	// be repeated.
	ConfigureBegan struct{ Change OptionChange }
	// ConfigureEnded reports the outcome of a change. It may be
	// repeated.
	ConfigureEnded struct {
		Change      OptionChange
		Failure     string // empty if the option was changed
		Again       bool   // a restarted agent refuses what was set before
		PromptsWait bool   // with Again: prompts wait, since it refuses the mode
	}
)

func (Configure) isMessage()      {}
func (ConfigureBegan) isMessage() {}
func (ConfigureEnded) isMessage() {}

// IsBody implements [Body].
func (Configure) IsBody() {}

// IsBody implements [Body].
func (ConfigureBegan) IsBody() {}

// IsBody implements [Body].
func (ConfigureEnded) IsBody() {}
