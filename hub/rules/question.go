package rules

import (
	"encoding/json"

	"parley/protocol"
)

// PermissionRequest is a permission request of the agent.
type PermissionRequest struct {
	protocol.Permission
	Choices []AgentOption // the options, decoded
}

// NewPermissionRequest returns the request that an event holds. It has no choices if its
// options cannot be decoded.
func NewPermissionRequest(p protocol.Permission) PermissionRequest {
	var choices []AgentOption
	_ = json.Unmarshal(p.Options, &choices)
	return PermissionRequest{p, choices}
}

// Question is a question of the agent. Exactly one of the members is set.
type Question struct {
	Permission  *PermissionRequest `json:",omitempty"`
	Elicitation *Elicitation       `json:",omitempty"`
}

// ID returns the id of the question.
func (q Question) ID() string {
	if q.Elicitation != nil {
		return q.Elicitation.RequestID
	}
	return q.Permission.RequestID
}

// Waits reports whether the question was answered and waits for a page to be finished.
func (q Question) Waits() bool { return q.Elicitation != nil && q.Elicitation.AcceptedBy != nil }

// Elicitation is a request of the agent for input. The URL is known to the host session
// alone.
type Elicitation struct {
	protocol.Elicitation
	URL string `json:"url,omitempty"`
}
