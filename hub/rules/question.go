package rules

import (
	"encoding/json"

	"parley/protocol"
)

// Question is a permission request of the agent.
type Question struct {
	protocol.Permission
	Choices []AgentOption // the options, decoded
}

// QuestionOf returns the question that an event shows. A question whose options
// cannot be decoded has no choices.
func QuestionOf(p protocol.Permission) Question {
	var choices []AgentOption
	_ = json.Unmarshal(p.Options, &choices)
	return Question{p, choices}
}
