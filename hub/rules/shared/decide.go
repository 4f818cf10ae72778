package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Decide implements [rules.State]. Every event gets the form in which it is seen by those for
// whom secrets are masked.
func (s *State) Decide(in rules.Input) rules.Decision {
	d := signed(s.decide(in), in.Body)
	d.Events = s.Masks.Mask(d.Events, s.settings.Redact, s.Session.HostSessionID)
	return d
}

func (s *State) decide(in rules.Input) rules.Decision {
	switch m := in.Body.(type) {
	case Create:
		return s.create(in, m)
	case Command:
		d := s.command(in, m)
		if events, ok := d.Answer.(HistoryRange); ok && m.Polling { // a poll continues a stream
			events.Separate = true
			d.Answer = events
		}
		return d
	case Rejection:
		return rules.Decision{Err: m.Err}
	case Read:
		return s.read(m)
	case Archive:
		return s.archive(m)
	case AttachmentAccess:
		return s.attachmentAccess(m)
	case Invitation:
		return s.invitation(m)
	case rules.Tick:
		return s.expire(in)
	case rules.Loaded:
		return s.resend()
	case rules.Shutdown:
		return rules.Decision{}
	case rules.Message:
		return s.receive(m)
	}
	return rules.Refuse(protocol.CodeInternal, "unknown input %T", in.Body)
}

// receive decides on a message of the host session.
func (s *State) receive(message rules.Message) rules.Decision {
	switch m := message.(type) {
	case rules.TurnAccepted:
		return s.turnAccepted(m)
	case rules.TurnStarted:
		return s.turnStarted(m)
	case rules.TurnEnded:
		return s.turnEnded(m)
	case rules.QueueReported:
		return s.queueReported(m)
	case rules.TurnCancelling:
		return s.turnCancelling(m)
	case rules.TurnMoved:
		return s.turnMoved(m)
	case rules.EditRefused:
		return s.editRefused(m)
	case rules.AgentNotified:
		return s.agentNotified(m)
	case rules.AgentChanged:
		return s.agentChanged(m)
	case rules.AgentNote:
		return s.agentNoted(&m.Note)
	case rules.AgentSlowNote:
		return s.agentNoted(&m.Note)
	case rules.AgentContinued:
		return s.agentContinued(m)
	case rules.AgentRestarting:
		return s.agentRestarting(m)
	case rules.RestartRefused:
		return s.restartRefused(m)
	case rules.RecapWanted:
		return s.recapWanted(m)
	case rules.AgentFactsChanged:
		return s.agentFactsChanged(m)
	case rules.ConfigureBegan:
		return s.configureBegan(m)
	case rules.ConfigureEnded:
		return s.configureEnded(m)
	case rules.OwnTurnBegan:
		return s.ownTurnBegan()
	case rules.OwnTurnEnded:
		return s.ownTurnEnded(m)
	case rules.StopAnswered:
		return s.stopAnswered(m)
	case rules.StopRefused:
		return s.stopRefused(m)
	case rules.QuestionAsked:
		return s.questionAsked(m)
	case rules.QuestionResolved:
		return s.questionResolved(m)
	case rules.QuestionWithdrawn:
		return s.questionWithdrawn(m)
	case rules.ElicitationCompleted:
		return s.elicitationCompleted(m)
	case rules.ElicitationRefused:
		return s.elicitationRefused(m)
	}
	return rules.Refuse(protocol.CodeInternal, "unknown message %T", message)
}

// command decides on a command of a client. The checks have the order of the original
// API: session, participant, token, presence, right. An authentic repetition is answered
// first, since the command may have made its sender leave or ended the session.
func (s *State) command(in rules.Input, c Command) rules.Decision {
	switch r := c.Request.Command.(type) {
	case *protocol.Join, *protocol.Resume:
		return s.enter(in, c, r)
	}
	if c.Sender.ReadOnly {
		return s.readingCommand(c)
	}
	if err := s.requireCreated(); err != nil && !c.Sender.Guarded {
		return rules.Decision{Err: err}
	}
	p, err := s.lookup(c.Sender.ParticipantID, c.Sender.Departed)
	if IsAbsent(err) {
		return rules.Decision{Err: err}
	}
	if err == nil && s.authentic(p, c.Sender) {
		c.Sender.Connected = true // the token is checked
		if done, repeated, err := s.recall(p.ID, c.Request); err != nil || repeated {
			return rules.Decision{Replay: done.Seq, Duplicate: repeated, Err: err}
		}
	}
	if p, err = s.authenticate(c.Sender); err != nil {
		return rules.Decision{Err: err}
	}
	if rules.HostOnly(c.Request.Command.CommandType()) && p.Role != protocol.RoleHost {
		return rules.Refuse(protocol.CodeHostRequired, "only the host can do this")
	}
	d := s.participantCommand(in, c, p).ForCommand(commandRef(c.Request, p.ID))
	if c.Polling && d.Err == nil {
		d.Effects = append(d.Effects, Polled{p.ID})
	}
	return d
}

// participantCommand decides on a command of a participant who may send it.
func (s *State) participantCommand(in rules.Input, command Command, p protocol.Participant) rules.Decision {
	r, departed := command.Request, command.Sender.Departed
	switch c := r.Command.(type) {
	case *protocol.Chat:
		return s.chat(in, command, c, p)
	case *protocol.Prompt:
		return s.prompt(in, command, c, p)
	case *protocol.Approve:
		return s.approve(in, c, p)
	case *protocol.AnswerPermission:
		return s.answerPermission(in, c, p, commandRef(r, p.ID))
	case *protocol.Answer:
		return s.answerElicitation(in, c, p, commandRef(r, p.ID))
	case *protocol.Cancel:
		return s.cancel(c, p)
	case *protocol.Withdraw:
		return s.withdraw(in, c, p, commandRef(r, p.ID))
	case *protocol.EditPrompt:
		return s.editPrompt(in, c, p, commandRef(r, p.ID))
	case *protocol.MovePrompt:
		return s.movePrompt(in, c, p, commandRef(r, p.ID))
	case *protocol.SetMode:
		return s.setMode(c, p)
	case *protocol.SetRole:
		return s.setRole(c, departed)
	case *protocol.Remove:
		return s.remove(in, c, p, departed)
	case *protocol.RotateInvite:
		return s.rotateInvite(p)
	case *protocol.Configure:
		return s.configure(in, c, p)
	case *protocol.RestartAgent:
		return s.restartAgent(in, "", p, commandRef(r, p.ID))
	case *protocol.SwitchAgent:
		return s.restartAgent(in, c.Agent, p, commandRef(r, p.ID))
	case *protocol.SignIn:
		return s.signIn(in, c, p)
	case *protocol.StopAgent:
		return s.stopAgent()
	case *protocol.StopWork:
		return s.stopWork(in, c, p, commandRef(r, p.ID))
	case *protocol.ReviewFile:
		return s.reviewFile(c, p)
	case *protocol.Typing:
		return s.typing(c, p)
	case *protocol.Leave:
		return s.leave(in, p)
	case *protocol.Close:
		return s.close(protocol.StatusClosed, "the session was closed")
	}
	if d, reads := s.readCommand(r.Command, p); reads {
		return d
	}
	return rules.Refuse(protocol.CodeInvalidRequest, "%s is not a command of a shared session", r.Command.CommandType())
}

// stopAgent asks the host session to stop the agent. It records that the agent is ending,
// or repeats that it has exited, in an event that holds the command's id: a repetition of
// the command must not stop the next agent.
func (s *State) stopAgent() rules.Decision {
	status := protocol.AgentEnding
	if s.Agent == protocol.AgentExited {
		status = s.Agent
	}
	asked := rules.PrimaryEvent(&protocol.AgentStatusChanged{Status: status})
	return rules.Decision{Events: []rules.Event{asked}, Effects: []rules.Effect{s.sendHost(rules.StopAgent{})}}
}

// commandRef returns the reference to a command that is stored with its primary event;
// nil for a command without an id, which cannot be repeated.
func commandRef(r protocol.Request, by string) *rules.CommandRef {
	if r.ID == "" {
		return nil
	}
	return &rules.CommandRef{Scope: by, ID: r.ID, Digest: rules.Digest(r.Command)}
}

// sendHost returns the effect that sends a message to the host session.
func (s *State) sendHost(message rules.Message) rules.Effect {
	return rules.Send{To: hostOf(s.Session), Message: message}
}

// resend sends the host session again what it has not confirmed, and asks it for the
// state of the agent, which a crash may have kept from this session.
func (s *State) resend() rules.Decision {
	var d rules.Decision
	if s.Active() {
		opened := rules.SharedOpened{Shared: s.ID, Requests: s.Questions.IDs(), OwnTurn: s.OwnTurn != nil}
		for _, c := range s.Changes {
			opened.Changing = append(opened.Changing, c.ID)
		}
		d = recordBegin(d.With(s.sendHost(opened)), s.Facts, s.Session.HostSessionID)
	}
	for _, o := range s.InFlight() {
		d.Effects = append(d.Effects, s.sendHost(rules.Dispatch{Turn: s.turnOf(&o)}))
		if o.Cancelled {
			d.Effects = append(d.Effects, s.sendHost(rules.CancelTurn{Approval: o.Approval.ID, Failure: rules.Cancelled}))
		}
	}
	return d
}
