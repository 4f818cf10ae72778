package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Decide implements [rules.State].
func (s *State) Decide(in rules.Input) rules.Decision {
	switch m := in.Body.(type) {
	case Create:
		return s.create(in, m)
	case Command:
		return s.command(in, m)
	case Rejection:
		return rules.Decision{Err: m.Err}
	case Read:
		return s.read(m)
	case Archive:
		return s.archive(m)
	case Invitation:
		return s.invitation(m)
	case rules.Tick:
		return s.expire(in)
	case rules.Loaded:
		return s.resend()
	case rules.Shutdown:
		return rules.Decision{}
	case rules.TurnAccepted:
		return s.turnAccepted(m)
	case rules.TurnStarted:
		return s.turnStarted(m)
	case rules.TurnEnded:
		return s.turnEnded(m)
	case rules.AgentNotified:
		return s.agentSaid(m)
	case rules.AgentChanged:
		return s.agentChanged(m)
	case rules.AgentNote:
		return s.agentNoted(m)
	case rules.AgentContinued:
		return s.agentContinues(m)
	case rules.AgentFactsChanged:
		return s.agentKnown(m)
	case rules.PermissionRequested:
		return s.permissionAsked(m)
	case rules.PermissionResolved:
		return s.permissionSettled(m)
	case rules.PermissionWithdrawn:
		return s.permissionGone(m)
	}
	return rules.Refuse(protocol.CodeInternal, "unknown input %T", in.Body)
}

// command checks in the order of the original API: session, participant, token,
// presence, right. A command that was carried out before is answered again first,
// even if it made its sender leave.
func (s *State) command(in rules.Input, c Command) rules.Decision {
	switch r := c.Request.Command.(type) {
	case *protocol.Join, *protocol.Resume:
		return s.enter(in, c, r)
	}
	if c.Sender.ReadOnly {
		return s.readingCommand(c)
	}
	if err := s.requireCreated(); err != nil {
		return rules.Decision{Err: err}
	}
	p, err := s.lookup(c.Sender.ParticipantID, c.Sender.Departed)
	if IsAbsent(err) {
		return rules.Decision{Err: err}
	}
	if err == nil && s.authentic(p, c.Sender) {
		c.Sender.Connected = true // the token need not be checked again
		if done, repeated, err := s.recall(p.ID, c.Request); err != nil || repeated {
			return rules.Decision{Replay: done.Seq, Err: err}
		}
	}
	if p, err = s.authenticate(c.Sender); err != nil {
		return rules.Decision{Err: err}
	}
	if rules.HostOnly(c.Request.Command.CommandType()) && p.Role != protocol.RoleHost {
		return rules.Refuse(protocol.CodeHostRequired, "only the host can do that")
	}
	d := s.participantCommand(in, c.Request, p, c.Sender.Departed).ForCommand(commandRef(c.Request, p.ID))
	if c.Polling {
		d.Effects = append(d.Effects, Polled{p.ID})
	}
	return d
}

func (s *State) participantCommand(in rules.Input, r protocol.Request, p protocol.Participant, left Departed) rules.Decision {
	switch c := r.Command.(type) {
	case *protocol.Chat:
		return s.chat(in, c, p)
	case *protocol.Prompt:
		return s.prompt(in, c, p)
	case *protocol.Approve:
		return s.approve(in, c, p)
	case *protocol.AnswerPermission:
		return s.answerPermission(in, c, p, commandRef(r, p.ID))
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
		return rules.Decision{Answer: HistoryRange{*c}}
	case *protocol.Item:
		return s.item(c)
	case *protocol.People:
		return rules.Decision{Answer: PeopleRange{*c}}
	case *protocol.AskPresence:
		return rules.Decision{Answer: PresenceList{}}
	case *protocol.Leave:
		return s.leave(in, p)
	case *protocol.Close:
		return s.close(protocol.StatusClosed, "the session was closed")
	case *protocol.Ping:
		return rules.Decision{Answer: Pong{}}
	}
	return rules.Refuse(protocol.CodeInvalidRequest, "%s is not for here", r.Command.CommandType())
}

// StopAgent records that the agent ends, or repeats its status, in an event that
// holds the command's id: a repetition of the command must not stop the next agent.
func (s *State) stopAgent() rules.Decision {
	status := protocol.AgentEnding
	if s.Agent == protocol.AgentExited {
		status = s.Agent
	}
	asked := rules.PrimaryEvent(&protocol.AgentStatusChanged{Status: status})
	return rules.Decision{Events: []rules.Event{asked}, Effects: []rules.Effect{s.sendHost(rules.StopAgent{})}}
}

// commandRef returns the reference that is stored with the primary event; nil for a
// command without an id, which cannot be repeated.
func commandRef(r protocol.Request, by string) *rules.CommandRef {
	if r.ID == "" {
		return nil
	}
	return &rules.CommandRef{Scope: by, ID: r.ID, Digest: rules.Digest(r.Command)}
}

func (s *State) sendHost(message rules.Message) rules.Effect {
	return rules.Send{To: hostOf(s.Session), Message: message}
}

// resend sends again what the host session has not confirmed, and has it report what
// a crash may have kept from this session.
func (s *State) resend() rules.Decision {
	var d rules.Decision
	if s.Active() {
		opened := rules.SharedOpened{Shared: s.ID}
		for _, p := range s.Permissions {
			opened.Requests = append(opened.Requests, p.RequestID)
		}
		d = d.With(s.sendHost(opened))
	}
	for _, o := range s.InFlight() {
		d.Effects = append(d.Effects, s.sendHost(rules.Dispatch{Turn: s.Turn(o.Approval, o.Author, o.Approver)}))
		if o.Cancelled {
			d.Effects = append(d.Effects, s.sendHost(rules.CancelTurn{Approval: o.Approval.ID, Failure: rules.Cancelled}))
		}
	}
	return d
}
