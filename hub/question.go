package hub

import (
	"encoding/json"

	"parley/protocol"
)

// question is a permission request of the agent.
type question struct {
	protocol.Permission
	Choices []AgentOption // the options, decoded
}

// questionOf returns the question that an event shows. A question whose options
// cannot be decoded has no choices.
func questionOf(p protocol.Permission) question {
	var choices []AgentOption
	_ = json.Unmarshal(p.Options, &choices)
	return question{p, choices}
}
