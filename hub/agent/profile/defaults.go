package profile

import (
	"encoding/json"
	"maps"
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// Defaults returns the mode and the options with which a session begins. The profile has no
// faults.
func (p Profile) Defaults() []rules.OptionDefault {
	var list []rules.OptionDefault
	add := func(option string, value any) {
		encoded, err := json.Marshal(value)
		if err == nil { // it is a text or a boolean
			list = append(list, rules.OptionDefault{Option: option, Value: encoded})
		}
	}
	if p.Mode != "" {
		add(protocol.CategoryMode, p.Mode)
	}
	for _, option := range slices.Sorted(maps.Keys(p.Options)) {
		add(option, p.Options[option])
	}
	return list
}
