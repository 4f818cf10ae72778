package hub

import "parley/protocol"

// create makes the host session and starts its agent. A creation that is repeated
// under the same command id, at the same time or later, leads to the same session;
// its answer is computed from the session's state. A creation whose agent could
// not be started is tried again.
func (s *hostState) create(in input, c createHost) decision {
	if s.Session.ID != "" && !s.NeverRan {
		return s.createdBefore(c)
	}
	if c.refusal != nil {
		return decision{err: c.refusal}
	}
	session := protocol.HostSession{
		ID:          s.ID.String(),
		Agent:       c.body.Agent,
		WorkspaceID: c.body.WorkspaceID,
		Title:       c.body.Title,
		Permissions: c.body.Permissions,
		Status:      protocol.AgentStarting,
		CreatedAt:   in.at,
	}
	spec := LaunchSpec{HostSession: s.ID, Profile: session.Agent, Cwd: c.body.Cwd, MaxEvent: s.settings.MaxEvent}
	return decision{
		events: []event{
			{public: &hostCreated{session, c.body.Cwd, c.request()}},
			{public: agentIs(protocol.AgentStarting)},
		},
		effects: []effect{launchAgent{spec}},
		hold:    holdLaunch,
	}
}

// createdBefore decides on a creation whose session exists.
func (s *hostState) createdBefore(c createHost) decision {
	switch {
	case c.commandID == "":
		return refuse(protocol.CodeInternal, "the host session exists already")
	case s.Request != c.request():
		return refuse(protocol.CodeInvalidRequest, "this Idempotency-Key was used to start another agent")
	case s.Deleted:
		return refuse(protocol.CodeHostSessionNotFound, "the agent session that was made under this Idempotency-Key has been deleted")
	case s.AgentSession != "":
		first := s.ready()
		first.Facts = s.FirstFacts
		return decision{answer: &protocol.HostSessionAnswer{Session: first}, duplicate: true}
	case s.Agent != protocol.AgentExited:
		return decision{hold: holdLaunch} // the first creation waits as well
	case c.refusal != nil:
		return decision{err: c.refusal}
	}
	d := s.launch(decision{}) // the server was restarted before the agent was ready
	d.hold = holdLaunch
	return d
}

// ready returns the session as the answer to its creation shows it: when its agent
// became ready, whatever has happened since.
func (s *hostState) ready() protocol.HostSession {
	after := s.Session
	after.Status = protocol.AgentIdle
	return after
}

// applyReady notes what the answer to a repeated creation needs, if the creation
// can be repeated.
func (s *hostState) applyReady() {
	if s.AgentSession == "" && s.Request != "" {
		s.FirstFacts = s.Session.Facts
	}
}

// request returns the digest that tells this creation from others under the same
// command id; empty without a command id.
func (c createHost) request() string {
	if c.commandID == "" {
		return ""
	}
	return digestOf("create_host", c.body)
}
