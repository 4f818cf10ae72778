package options

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Events about changes of options, which a host session's stream holds. No client receives
// them. Their JSON is stored.
type (
	// BeganEvent records a change that waits for the agent's answer.
	BeganEvent struct {
		Change rules.OptionChange `json:"change"`
		Again  bool               `json:"again,omitempty"`
	}
	// EndedEvent records the outcome of a change.
	EndedEvent struct {
		Change  rules.OptionChange `json:"change"`
		Failure string             `json:"failure,omitempty"`
		Again   bool               `json:"again,omitempty"`
	}
	// PresetEvent records the options that the configuration sets.
	PresetEvent struct{ Options []rules.OptionChange }
)

// EventType implements [protocol.Payload].
func (*BeganEvent) EventType() protocol.EventType { return "option_changing" }

// EventType implements [protocol.Payload].
func (*EndedEvent) EventType() protocol.EventType { return "option_changed" }

// EventType implements [protocol.Payload].
func (*PresetEvent) EventType() protocol.EventType { return "options_preset" }

// Message returns the message that reports the outcome to shared sessions.
func (e EndedEvent) Message() rules.ConfigureEnded {
	return rules.ConfigureEnded{Change: e.Change, Failure: e.Failure, Again: e.Again, PromptsWait: e.holds()}
}

// holds reports whether the outcome makes prompts wait.
func (e EndedEvent) holds() bool { return e.Again && e.Change.Mode && e.Failure != "" }
