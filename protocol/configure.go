package protocol

import (
	"bytes"
	"encoding/json"
)

// Configure sets an option of the agent, or has the server forget it. The answer has an
// empty payload and says that the change is recorded; [AgentConfigured] or
// [AgentConfigureFailed] follows. Client to server.
type Configure struct {
	OptionID string          `json:"optionId"`
	Value    json.RawMessage `json:"value,omitzero"`  // a string, or true or false for a boolean option; required unless Forget is set
	Forget   bool            `json:"forget,omitzero"` // leave the option as it is and do not set it again in a restarted agent
}

// CommandType implements [Command].
func (*Configure) CommandType() CommandType { return CommandConfigure }

// Normalize implements [Command].
func (c *Configure) Normalize(Limits) error {
	if !isName(c.OptionID) {
		return Errorf(CodeInvalidRequest, "optionId must be the id of an option")
	}
	if c.Forget {
		if len(c.Value) > 0 {
			return Errorf(CodeInvalidRequest, "value and forget cannot be used together")
		}
		return nil
	}
	if len(c.Value) == 0 {
		return Errorf(CodeInvalidRequest, "value is missing")
	}
	var text string
	switch err := json.Unmarshal(c.Value, &text); {
	case err == nil && len(text) > maxFactName:
		return Errorf(CodeInvalidRequest, "value has more than %d bytes", maxFactName)
	case err == nil:
		c.Value = quote(text)
	case !isBoolean(c.Value):
		return Errorf(CodeInvalidRequest, "value must be a string, or true or false")
	default:
		c.Value = bytes.TrimSpace(c.Value)
	}
	return nil
}

// quote encodes a text as JSON, always the same way.
func quote(text string) json.RawMessage {
	encoded, _ := Marshal(text) // cannot fail for a string
	return encoded
}

func isBoolean(value json.RawMessage) bool {
	value = bytes.TrimSpace(value)
	return string(value) == "true" || string(value) == "false"
}

// Payloads about changes of the agent's options.
type (
	// AgentConfiguring says that a participant changes an option of the agent, which has
	// not answered yet. Server to client.
	AgentConfiguring struct {
		OptionID    string          `json:"optionId"`
		Value       json.RawMessage `json:"value"`       // a string or a boolean; null to forget the option
		Participant Participant     `json:"participant"` // who changes it
	}
	// AgentConfigured says that the agent has accepted the change. An [AgentUpdated] with
	// the agent's options precedes it. Server to client.
	AgentConfigured struct {
		OptionID    string          `json:"optionId"`
		Value       json.RawMessage `json:"value"`       // as in AgentConfiguring
		Participant Participant     `json:"participant"` // who changed it
	}
	// AgentConfigureFailed says that the option was not changed. It follows an
	// [AgentConfiguring], except when a restarted agent refuses an option that a
	// participant had set. Server to client.
	AgentConfigureFailed struct {
		OptionID    string          `json:"optionId"`
		Value       json.RawMessage `json:"value"`                 // as in AgentConfiguring
		Participant Participant     `json:"participant"`           // who changed it
		Reason      string          `json:"reason"`                // the agent's own, if it has answered
		PromptsWait bool            `json:"promptsWait,omitempty"` // a restarted agent refuses its mode: prompts wait until the host sets a mode or forgets this one
	}
)

// EventType implements [Payload].
func (*AgentConfiguring) EventType() EventType { return EventAgentConfiguring }

// EventType implements [Payload].
func (*AgentConfigured) EventType() EventType { return EventAgentConfigured }

// EventType implements [Payload].
func (*AgentConfigureFailed) EventType() EventType { return EventAgentConfigureFailed }

// OptionByID returns the option with an id, or nil.
func (f AgentFacts) OptionByID(id string) *ConfigOption {
	for i := range f.ConfigOptions {
		if f.ConfigOptions[i].ID == id {
			return &f.ConfigOptions[i]
		}
	}
	return nil
}

// Replaces reports whether a change that the agent has carried out settles the refusal of
// an option: a change of the same option, or of the mode if the agent no longer has the
// refused option.
func (f AgentFacts) Replaces(p *AgentConfigured, refused string) bool {
	if p.OptionID == refused {
		return true
	}
	o := f.OptionByID(p.OptionID)
	return o != nil && o.Category == CategoryMode && string(p.Value) != "null" && f.OptionByID(refused) == nil
}

// SameConfigValue reports whether two JSON strings or booleans are equal.
func SameConfigValue(a, b json.RawMessage) bool {
	var one, other any
	return json.Unmarshal(a, &one) == nil && json.Unmarshal(b, &other) == nil && one == other
}

// Accepts returns nil if the option offers a value, which is a JSON string or boolean, and
// otherwise an [*Error]. A string counts as offered if the list of choices is truncated.
func (o *ConfigOption) Accepts(value json.RawMessage) error {
	if o.Type == OptionBoolean {
		if !isBoolean(value) {
			return Errorf(CodeInvalidRequest, "the option %.40q takes true or false", o.ID)
		}
		return nil
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return Errorf(CodeInvalidRequest, "the option %.40q takes a string", o.ID)
	}
	if o.Type != OptionSelect {
		return Errorf(CodeInvalidRequest, "options of the type %.40q cannot be set", o.Type)
	}
	for _, v := range o.Options {
		if v.Value == text {
			return nil
		}
	}
	if o.OptionTotal > len(o.Options) {
		return nil
	}
	return Errorf(CodeInvalidRequest, "%.40q is not a value of the option %.40q", text, o.ID)
}

// ValueName returns the name of a value of the option for people; o may be nil.
func (o *ConfigOption) ValueName(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		switch string(value) {
		case "true":
			return "on"
		case "false":
			return "off"
		}
		return string(value)
	}
	if o != nil {
		for _, v := range o.Options {
			if v.Value == text {
				return v.Name
			}
		}
	}
	return text
}

// Types of a [ConfigOption] that [Configure] can set.
const (
	OptionSelect  = "select"
	OptionBoolean = "boolean"
)

// SignIn signs the server's user in to the agent, in a way of the type agent. If the agent
// does not run, it is started. The answer has an empty payload and says that signing in has
// begun; [AgentSignedIn] or [AgentSignInFailed] follows. Client to server.
type SignIn struct {
	MethodID string `json:"methodId"` // the id of an [AuthMethod]
}

// CommandType implements [Command].
func (*SignIn) CommandType() CommandType { return CommandSignIn }

// Normalize implements [Command].
func (c *SignIn) Normalize(Limits) error { return checkMethodID(c.MethodID) }

func checkMethodID(id string) error {
	if !isName(id) {
		return Errorf(CodeInvalidRequest, "methodId must be the id of a way to sign in")
	}
	return nil
}

// Payloads about signing in to the agent.
type (
	// AgentSigningIn says that a participant signs the server's user in, which the agent
	// has not finished. Server to client.
	AgentSigningIn struct {
		MethodID    string      `json:"methodId"`
		Participant Participant `json:"participant"` // who signs in
	}
	// AgentSignedIn says that the server's user is signed in. Server to client.
	AgentSignedIn struct {
		MethodID    string      `json:"methodId"`
		Participant Participant `json:"participant"` // who signed in
	}
	// AgentSignInFailed says that signing in has failed. Server to client.
	AgentSignInFailed struct {
		MethodID    string      `json:"methodId"`
		Participant Participant `json:"participant"` // who tried
		Reason      string      `json:"reason"`      // the agent's own, if it has answered
	}
)

// EventType implements [Payload].
func (*AgentSigningIn) EventType() EventType { return EventAgentSigningIn }

// EventType implements [Payload].
func (*AgentSignedIn) EventType() EventType { return EventAgentSignedIn }

// EventType implements [Payload].
func (*AgentSignInFailed) EventType() EventType { return EventAgentSignInFailed }

// Types of an [AuthMethod].
const (
	AuthByAgent    = "agent"    // the agent signs in by itself; SignIn begins it
	AuthInTerminal = "terminal" // somebody runs a command on the server's machine
	AuthByVariable = "env_var"  // somebody sets variables of the agent's environment
)

// AuthMethod returns the way to sign in with an id; nil if there is none.
func (f AgentFacts) AuthMethod(id string) *AuthMethod {
	for i := range f.AuthMethods {
		if f.AuthMethods[i].ID == id {
			return &f.AuthMethods[i]
		}
	}
	return nil
}
