package hub

import (
	"parley/protocol"
)

// decide implements [state].
func (s *sharedState) decide(in input) decision {
	switch m := in.body.(type) {
	case createShared:
		return s.create(in, m)
	case command:
		return s.command(in, m)
	case rejection:
		return decision{err: m.err}
	case read:
		return s.read(m)
	case archive:
		return s.archive(m)
	case invitation:
		return s.invitation(m)
	case tick:
		return s.expire(in)
	case woken:
		return s.wake()
	case shutdown:
		return decision{}
	case turnAccepted, turnStarted, turnEnded:
		return s.turnReport(m)
	case agentSaid:
		return s.agentSaid(m)
	case agentChanged:
		return s.agentChanged(m)
	case agentNote:
		return s.agentNoted(m)
	case agentContinues:
		return s.agentContinues(m)
	case agentKnown:
		return s.agentKnown(m)
	case permissionAsked:
		return s.permissionAsked(m)
	case permissionSettled:
		return s.permissionSettled(m)
	case permissionGone:
		return s.permissionGone(m)
	}
	return refuse(protocol.CodeInternal, "unknown input %T", in.body)
}

// command checks in the order of the original API: session, participant, token,
// presence, right. A command that was carried out before is answered again first,
// even if it made its sender leave.
func (s *sharedState) command(in input, c command) decision {
	switch r := c.request.Command.(type) {
	case *protocol.Join, *protocol.Resume:
		return s.enter(in, c, r)
	}
	if c.who.ReadOnly {
		return s.readingCommand(c)
	}
	if err := s.requireCreated(); err != nil {
		return decision{err: err}
	}
	p, err := s.lookup(c.who.ParticipantID, c.who.departed)
	if isAbsent(err) {
		return decision{err: err}
	}
	if err == nil && s.authentic(p, c.who) {
		c.who.connected = true // the token need not be checked again
		if done, again, err := s.recall(p.ID, c.request); err != nil || again {
			return decision{replay: done.Seq, err: err}
		}
	}
	if p, err = s.authenticate(c.who); err != nil {
		return decision{err: err}
	}
	if hostOnly(c.request.Command.CommandType()) && p.Role != protocol.RoleHost {
		return refuse(protocol.CodeHostRequired, "only the host can do that")
	}
	d := s.byParticipant(in, c.request, p, c.who.departed).forCommand(refOf(c.request, p.ID))
	if c.polls {
		d.effects = append(d.effects, polled{p.ID})
	}
	return d
}

func (s *sharedState) byParticipant(in input, r protocol.Request, p protocol.Participant, left departed) decision {
	switch c := r.Command.(type) {
	case *protocol.Chat:
		return s.chat(in, c, p)
	case *protocol.Prompt:
		return s.prompt(in, c, p)
	case *protocol.Approve:
		return s.approve(in, c, p)
	case *protocol.AnswerPermission:
		return s.answerPermission(in, c, p, refOf(r, p.ID))
	case *protocol.Cancel:
		return s.cancel(c, p)
	case *protocol.SetMode:
		return s.setMode(c, p)
	case *protocol.SetRole:
		return s.setRole(c, left)
	case *protocol.Remove:
		return s.remove(in, c, p, left)
	case *protocol.RotateInvite:
		return s.rotateInvite(p)
	case *protocol.StopAgent:
		return s.stopAgent()
	case *protocol.Typing:
		return s.typing(c, p)
	case *protocol.History:
		return decision{answer: historyRange{*c}}
	case *protocol.Item:
		return s.item(c)
	case *protocol.People:
		return decision{answer: peopleRange{*c}}
	case *protocol.AskPresence:
		return decision{answer: presenceList{}}
	case *protocol.Leave:
		return s.leave(in, p)
	case *protocol.Close:
		return s.close(protocol.StatusClosed, "the session was closed")
	case *protocol.Ping:
		return decision{answer: pong{}}
	}
	return refuse(protocol.CodeInvalidRequest, "%s is not for here", r.Command.CommandType())
}

// stopAgent records that the agent ends, or repeats its status, in an event that
// holds the command's id: a repetition of the command must not stop the next agent.
func (s *sharedState) stopAgent() decision {
	status := protocol.AgentEnding
	if s.Agent == protocol.AgentExited {
		status = s.Agent
	}
	asked := primaryEvent(&protocol.AgentStatusChanged{Status: status})
	return decision{events: []event{asked}, effects: []effect{s.tellHost(stopAgent{})}}
}

// authenticate returns the participant who sends a command and has not left.
func (s *sharedState) authenticate(who sender) (protocol.Participant, error) {
	if err := s.requireActive(); err != nil {
		return protocol.Participant{}, err
	}
	p, err := s.identify(who)
	if err == nil && p.LeftAt != nil {
		err = s.whyLeft(p)
	}
	return p, err
}

// identify returns the participant who sends a command and may have left.
func (s *sharedState) identify(who sender) (protocol.Participant, error) {
	p, err := s.lookup(who.ParticipantID, who.departed)
	if err != nil {
		return p, err
	}
	if !s.authentic(p, who) {
		return p, protocol.Errorf(protocol.CodeInvalidParticipantToken, "wrong participant token")
	}
	return p, nil
}

// whyLeft returns the error for a participant who has left or was removed.
func (s *sharedState) whyLeft(p protocol.Participant) error {
	if err := s.requireNotRemoved(p); err != nil {
		return err
	}
	return protocol.Errorf(protocol.CodeParticipantInactive, "this participant has left")
}

// authentic reports whether the sender is p. The token of a connection was checked
// when the connection began.
func (s *sharedState) authentic(p protocol.Participant, who sender) bool {
	return who.connected || s.settings.Key.verify(participantToken, p.ID, 1, who.Token)
}

func (s *sharedState) requireActive() error {
	if err := s.requireCreated(); err != nil {
		return err
	}
	if !s.active() {
		return protocol.Errorf(protocol.CodeSessionInactive, "the session is %s", s.Session.Status)
	}
	return nil
}

func (s *sharedState) requireCreated() error {
	if s.Session.ID == "" {
		return protocol.Errorf(protocol.CodeSessionNotFound, "no such session") // the creation failed
	}
	return nil
}

// forCommand stores the command with the primary event.
func (d decision) forCommand(ref *commandRef) decision {
	for i := range d.events {
		if d.events[i].primary {
			d.events[i].private.Command = ref
		}
	}
	return d
}

// refOf returns the reference that is stored with the primary event; nil for a
// command without an id, which cannot be repeated.
func refOf(r protocol.Request, by string) *commandRef {
	if r.ID == "" {
		return nil
	}
	return &commandRef{By: by, ID: r.ID, Digest: digest(r.Command)}
}

func (s *sharedState) tellHost(message any) effect {
	return tell{to: hostOf(s.Session), message: message}
}

// wake sends again what the host session has not confirmed, and has it report what
// a crash may have kept from this session.
func (s *sharedState) wake() decision {
	var d decision
	if s.active() {
		opened := sharedOpened{shared: s.ID}
		for _, p := range s.Permissions {
			opened.asked = append(opened.asked, p.RequestID)
		}
		d = d.with(s.tellHost(opened))
	}
	for _, o := range s.inFlight() {
		d.effects = append(d.effects, s.tellHost(dispatch{s.turn(o.Approval, o.Author, o.Approver)}))
		if o.Cancelled {
			d.effects = append(d.effects, s.tellHost(cancelTurn{o.Approval.ID, cancelled}))
		}
	}
	return d
}
