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
