package host

import (
	"cmp"

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
	}
	if len(c.Profiles) > 0 {
		session.Facts = protocol.AgentFacts{Profile: &session.Agent, Profiles: c.Profiles}.Bounded()
	}
	cwd := cmp.Or(c.Body.Cwd, c.Origin.Cwd)
	spec := rules.LaunchSpec{HostSession: s.ID, Profile: session.Agent, Cwd: cwd, Fork: c.Origin.Session, SignIn: c.Body.SignIn, MaxEvent: s.settings.MaxEvent}
	spec.Load, spec.Adopt = c.Body.Adopt, c.Body.Adopt != ""
	return rules.Decision{
		Events: []rules.Event{
			{Public: &createdEvent{session, cwd, c.Body.Adopt, c.Origin.Session, c.request()}},
			{Public: newAgentStatus(protocol.AgentStarting)},
		},
		Effects: []rules.Effect{LaunchAgent{spec}},
		Hold:    holdLaunch,
	}
}

// repeatedCreate decides on a creation whose session exists.
func (s *State) repeatedCreate(c Create) rules.Decision {
	switch {
	case c.CommandID == "":
		return rules.Refuse(protocol.CodeInternal, "the host session already exists")
	case s.Request != c.request():
		return rules.Refuse(protocol.CodeInvalidRequest, "this Idempotency-Key was used to start another agent")
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
	if c.CommandID == "" {
		return ""
	}
	return rules.DigestOf("create_host", c.Body)
}
