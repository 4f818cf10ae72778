package host

import (
	"encoding/json"

	"parley/hub/rules"
	"parley/protocol"
)

// Origin is what a fork of a host session begins with.
type Origin struct {
	Agent       string // the profile's name
	WorkspaceID string
	Title       string
	Permissions protocol.PermissionPolicy
	Cwd         string // the working directory; empty for the profile's own
	Session     string // the agent's own id of its session
}

// readOrigin answers with what a fork begins with. It refuses a fork that the agent does
// not offer, and one in the middle of a turn, of which the agent may have stored only a
// part.
func (s *State) readOrigin() rules.Decision {
	switch {
	case s.AgentSession == "" || s.NewProfile:
		return rules.Refuse(protocol.CodeAgentUnavailable, "the agent is not ready; try again when it is")
	case !offers(s.Session.Facts.Capabilities, "fork"):
		return rules.Refuse(protocol.CodeInvalidRequest, "the agent does not fork its sessions")
	case s.Running != nil:
		return rules.Refuse(protocol.CodeAgentInUse, "a turn runs; cancel it, or wait for its end")
	case !s.HadTurn:
		return rules.Refuse(protocol.CodeInvalidRequest, "the agent has not worked in this session yet; share a new one instead")
	}
	return rules.Decision{Answer: &Origin{
		Agent: s.Session.Agent, WorkspaceID: s.Session.WorkspaceID, Title: s.Session.Title,
		Permissions: s.Session.Permissions, Cwd: s.Cwd, Session: s.AgentSession,
	}}
}

// toFork returns the session that the agent is to fork when it starts; empty once it has
// done so, or for none.
func (s *State) toFork() string {
	if s.AgentSession == "" {
		return s.Forks
	}
	return ""
}

// offers reports whether an agent offers the request session/NAME, by its capabilities.
func offers(capabilities []byte, name string) bool {
	var announced struct {
		SessionCapabilities map[string]json.RawMessage `json:"sessionCapabilities"` // of version 1
		Session             map[string]json.RawMessage `json:"session"`             // of version 2
	}
	_ = json.Unmarshal(capabilities, &announced) // a member of another type offers nothing
	for _, offered := range []json.RawMessage{announced.SessionCapabilities[name], announced.Session[name]} {
		if len(offered) > 0 && offered[0] == '{' {
			return true
		}
	}
	return false
}
