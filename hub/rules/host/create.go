package host

import (
	"cmp"
	"encoding/json"

	"parley/hub/rules"
	"parley/protocol"
)

// create creates the host session and starts its agent. A creation that is repeated under
// the same command id, at the same time or later, leads to the same session; its answer is
// computed from the state. A creation whose agent failed to start is carried out again.
func (s *State) create(in rules.Input, c Create) rules.Decision {
	if s.Session.ID != "" && !s.NeverRan {
		return s.repeatedCreate(c)
	}
	if c.Refusal != nil {
		return rules.Decision{Err: c.Refusal}
	}
	session := protocol.HostSession{
		ID:          s.ID.String(),
		Agent:       cmp.Or(c.Body.Agent, c.Origin.Agent),
		WorkspaceID: cmp.Or(c.Body.WorkspaceID, c.Origin.WorkspaceID),
		Title:       cmp.Or(c.Body.Title, c.Origin.Title),
		Permissions: cmp.Or(c.Body.Permissions, c.Origin.Permissions),
		Status:      protocol.AgentStarting,
		CreatedAt:   in.At,
		Owner:       c.Owner,
	}
	if len(c.Profiles) > 0 {
		session.Facts = protocol.AgentFacts{Profile: &session.Agent, Profiles: c.Profiles}.Bounded()
	}
	if c.Connector != nil {
		session.Facts.Connector = new(protocol.AgentConnector)
	}
	cwd := cmp.Or(c.Body.Cwd, c.Origin.Cwd)
	spec := rules.LaunchSpec{HostSession: s.ID, Profile: session.Agent, Cwd: cwd, Fork: c.Origin.Session, SignIn: c.Body.SignIn, MaxEvent: s.settings.MaxEvent}
	spec.Owner = ownerOf(session)
	spec.Remote, spec.Load, spec.Adopt = c.Connector != nil, c.Body.Adopt, c.Body.Adopt != ""
	starting := newAgentStatus(protocol.AgentStarting)
	if spec.Remote {
		spec.Run = s.Run + 1
		starting.Run = spec.Run
	}
	return rules.Decision{
		Events: []rules.Event{
			{Public: &createdEvent{session, cwd, c.Body.Adopt, c.Origin.Session, c.Origin.History == protocol.HistoryWithheld, c.request(), c.Connector}},
			{Public: starting},
		},
		Effects: []rules.Effect{LaunchAgent{spec}},
		Hold:    holdLaunch,
	}
}

// ownerOf returns the id of the owner of a session; empty for none.
func ownerOf(s protocol.HostSession) string {
	if s.Owner == nil {
		return ""
	}
	return s.Owner.ID
}

// repeatedCreate decides on a creation whose session exists.
func (s *State) repeatedCreate(c Create) rules.Decision {
	switch {
	case c.CommandID == "":
		return rules.Refuse(protocol.CodeInternal, "the host session already exists")
	case s.Request != c.request():
		return rules.Refuse(protocol.CodeInvalidRequest, "this Idempotency-Key was used to start another agent")
	case s.Deleted && c.Connector != nil:
		return rules.Decision{Err: ErrDeleted}
	case s.Deleted:
		return rules.Refuse(protocol.CodeHostSessionNotFound, "the agent session that was created with this Idempotency-Key has been deleted")
	case s.AgentSession != "":
		first := s.readyAnswer()
		first.Facts = s.FirstFacts
		return rules.Decision{Answer: &protocol.HostSessionAnswer{Session: first}, Duplicate: true}
	case s.Agent != protocol.AgentExited:
		return rules.Decision{Hold: holdLaunch} // the first creation still waits
	case c.Refusal != nil:
		return rules.Decision{Err: c.Refusal}
	}
	d := s.launch(rules.Decision{}) // the server was restarted before the agent was ready
	d.Hold = holdLaunch
	return d
}

// readyAnswer returns the session as the answer to its creation shows it: at the time when
// its agent became ready, whatever has happened since.
func (s *State) readyAnswer() protocol.HostSession {
	after := s.Session
	after.Status = protocol.AgentIdle
	return after
}

// request returns the digest that distinguishes this creation from others under the same
// command id; empty without a command id.
func (c Create) request() string {
	switch {
	case c.CommandID == "":
		return ""
	case c.Connector != nil:
		return "connector" // which may call its agent something else when it returns
	}
	return rules.DigestOf("create_host", c.Body)
}

// Origin is what a fork of a host session begins with.
type Origin struct {
	Agent       string // the profile's name
	WorkspaceID string
	Title       string
	Permissions protocol.PermissionPolicy
	Cwd         string // the working directory; empty for the profile's own
	Session     string // the agent's own id of its session

	// History is what the first shared session on the fork begins with. The rules decide
	// whether the agent can repeat the conversation, and whether it is withheld from the
	// fork of a fork; the hub knows how many sessions have taken part in it.
	History protocol.EarlierHistory
}

// readOrigin answers with what a fork begins with. It refuses a fork that the agent does
// not offer, and one in the middle of a turn, of which the agent may have stored only a
// part.
func (s *State) readOrigin(m ReadOrigin) rules.Decision {
	switch {
	case s.isRemote():
		return rules.Refuse(protocol.CodeInvalidRequest, "the session of an agent on another machine cannot be forked")
	case s.AgentSession == "" || s.NewProfile:
		return rules.Refuse(protocol.CodeAgentUnavailable, "the agent is not ready; try again when it is")
	case !offers(s.Session.Facts.Capabilities, "fork"):
		return rules.Refuse(protocol.CodeInvalidRequest, "the agent does not fork its sessions")
	case s.Running != nil && !m.Ahead:
		return rules.Refuse(protocol.CodeAgentInUse, "a turn runs; cancel it, or wait for its end")
	case !s.HadTurn && s.Running == nil:
		return rules.Refuse(protocol.CodeInvalidRequest, "the agent has not worked in this session yet; share a new one instead")
	}
	return rules.Decision{Answer: &Origin{
		Agent: s.Session.Agent, WorkspaceID: s.Session.WorkspaceID, Title: s.Session.Title,
		Permissions: s.Session.Permissions, Cwd: s.Cwd, Session: s.AgentSession, History: s.history(),
	}}
}

// history returns what a shared session begins with that receives the agent's conversation.
func (s *State) history() protocol.EarlierHistory {
	switch {
	case s.Withheld:
		return protocol.HistoryWithheld
	case !repeats(s.Session.Facts.Capabilities):
		return protocol.HistoryMissing
	}
	return protocol.HistoryRepeated
}

// repeats reports whether an agent can repeat the conversation of a session, by its
// capabilities.
func repeats(capabilities []byte) bool {
	var announced struct {
		LoadSession json.RawMessage `json:"loadSession"` // of version 1
		Session     json.RawMessage `json:"session"`     // of version 2
	}
	_ = json.Unmarshal(capabilities, &announced)
	return string(announced.LoadSession) == "true" || len(announced.Session) > 0 && announced.Session[0] == '{'
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
