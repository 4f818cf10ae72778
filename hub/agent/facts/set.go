package facts

import (
	"encoding/json"

	"parley/protocol"
)

// The requests that set an option.
const (
	SetOption = "session/set_config_option"
	SetMode   = "session/set_mode"  // for modes that the agent announces in no option
	SetModel  = "session/set_model" // for models that the agent announces in no option
)

// SetMethod returns the request that sets an option.
func (t *Tracker) SetMethod(optionID string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.announced().OptionByID(optionID) != nil:
	case optionID == protocol.CategoryMode && t.modes != nil && t.announced().Option(optionID) == nil:
		return SetMode
	case optionID == protocol.CategoryModel && t.models != nil && t.announced().Option(optionID) == nil:
		return SetModel
	}
	return SetOption
}

// announced returns the options that the agent has announced as such. The caller holds
// t.mu.
func (t *Tracker) announced() protocol.AgentFacts {
	return protocol.AgentFacts{ConfigOptions: t.options}
}

// Set takes the result of a request that has set an option. It returns the changed facts,
// and the value that the option has now: nil if the agent no longer has it.
func (t *Tracker) Set(method, optionID string, value json.RawMessage, result []byte) (changed protocol.AgentFacts, current json.RawMessage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var listed struct{ ConfigOptions listOf[announcedOption] }
	_ = json.Unmarshal(result, &listed)
	switch {
	case listed.ConfigOptions != nil:
		t.setOptions(listed.ConfigOptions)
	case method == SetMode:
		replace(t.modes, value)
	case method == SetModel:
		replace(t.models, value)
	default: // the agent omits its list
		for i := range t.options {
			if t.options[i].ID == optionID {
				replace(&t.options[i], value)
			}
		}
	}
	changed = t.allOptions().Bounded()
	if o := changed.OptionByID(optionID); o != nil {
		current = o.CurrentValue
	}
	return changed, current
}

func replace(o *protocol.ConfigOption, value json.RawMessage) {
	if o != nil {
		o.CurrentValue = value
	}
}
