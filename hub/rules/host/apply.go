package host

import (
	"slices"

	"parley/hub/rules"
	"parley/hub/rules/host/calls"
	"parley/hub/rules/host/options"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// Apply implements [rules.State].
func (s *State) Apply(e rules.Event, at rules.Stamp) {
	s.Time = at.At
	if e.Private.Origin.After(s.Origin) {
		s.Origin = e.Private.Origin
	}
	switch p := e.Public.(type) {
	case *createdEvent:
		s.Session, s.Cwd, s.Request, s.Adopted, s.Forks = p.Session, p.Cwd, p.Request, p.Adopt, p.Fork
		s.Withheld = p.Withheld
		s.Deleted, s.NeverRan = false, false // the creation of a session whose agent failed to start was repeated
		if p.Connector != nil {
			s.Seat = *p.Connector
		}
	case *connectorSeatedEvent:
		s.Seat = p.ConnectorSeat
	case *deletedEvent:
		s.Deleted, s.NeverRan = true, p.NeverRan
	case *agentStatusEvent:
		s.applyAgent(p, at)
	case *protocol.AgentStrayOutput:
		s.applyStray()
	case *occupiedEvent:
		s.Occupied, s.IdleSince = true, rules.Instant{}
	case *vacatedEvent:
		s.Occupied = false
		s.recordIdle(at)
	case *idleAgentStoppedEvent:
		s.StoppedIdle, s.IdleSince = true, rules.Instant{}
	case *options.PresetEvent:
		s.ApplyPreset(p)
	case *replayedEvent:
		s.Replayed = true
	case *agentSwitchedEvent:
		s.applySwitched(p)
	case *options.BeganEvent:
		s.ApplyBegan(p, at.Instant())
	case *options.EndedEvent:
		s.ApplyEnded(p, at.Instant(), &s.Session.Facts)
		s.UsedAt = at.Instant()
		s.Outgoing.Forget(optionCause(p.Change.ID))
	case *protocol.AgentUpdated:
		s.Session.Facts.Merge(p.AgentFacts)
		s.applyConnector(p.Connector, at)
		if s.up() {
			s.Follow(&s.Session.Facts)
		}
	case *protocol.PermissionRequested:
		request := rules.NewPermissionRequest(p.Permission)
		s.Questions = append(s.Questions, openQuestion{rules.Question{Permission: &request}, at.Instant(), s.askedIn(), e.Private.RPC, ""})
	case *protocol.PermissionResolved:
		s.applyOutcome(p.RequestID, calls.Outcome{Permission: p, Answer: e.Private.Answered})
		s.dropQuestion(p.RequestID)
	case *protocol.PermissionWithdrawn:
		s.dropQuestion(p.RequestID)
	case *protocol.ElicitationRequested:
		asked := &rules.Elicitation{Elicitation: p.Elicitation, URL: e.Private.URL}
		s.Questions = append(s.Questions, openQuestion{rules.Question{Elicitation: asked}, at.Instant(), s.askedIn(), e.Private.RPC, e.Private.Page})
	case *protocol.ElicitationResolved:
		s.applyOutcome(p.RequestID, calls.Outcome{Elicitation: p, Answer: e.Private.Answered})
		s.applyElicitationResolved(p)
	case *protocol.ElicitationWithdrawn:
		s.dropQuestion(p.RequestID)
	case *protocol.ElicitationCompleted:
		s.dropQuestion(p.RequestID)
	default:
		s.applyTurn(e.Public, at)
		s.applyRecap(e.Public)
		s.applyOutlive(e)
	}
}

// applyTurn applies an event about a turn. It ignores other events.
func (s *State) applyTurn(payload protocol.Payload, at rules.Stamp) {
	switch p := payload.(type) {
	case *turns.StartedEvent:
		if i := s.Queued(p.Approval); i >= 0 {
			s.HadTurn, s.RecapWanted = true, ""
			s.noteTurn(s.Queue[i].Shared)
		}
	case *turns.OwnBeganEvent:
		s.HadTurn = true
	case *turns.AbandonedEndedEvent:
		s.forgetAbandoned()
	case *turns.EndedEvent:
		s.UsedAt = at.Instant()
		if s.Running != nil && s.Running.Turn.Approval == p.Approval && !p.Abandoned {
			s.Outgoing.Forget(promptCause(p.Approval), cancelCause)
		}
	}
	s.Turns.Apply(payload, at)
}

// applyAgent applies a new status of the agent.
func (s *State) applyAgent(p *agentStatusEvent, at rules.Stamp) {
	if p.Status == protocol.AgentStarting && s.Agent != p.Status {
		s.StartedAt, s.StrayReported = at.At, false
	}
	s.Agent, s.Detail, s.Asleep = p.Status, p.Detail, p.Asleep
	if p.Status == protocol.AgentExited || p.Status == protocol.AgentStarting {
		s.Changes, s.RefusedModes, s.RecapWanted = s.signIns(), nil, ""
		s.Memory, s.Progress, s.Suspended, s.Outgoing, s.Abandoned = nil, nil, false, calls.Outgoing{}, nil
	}
	if p.Run > 0 {
		s.Run = p.Run
	}
	if p.Restart != "" {
		s.Restart = p.Restart
	}
	s.StartAgain = p.Restart != "" && p.Status == protocol.AgentEnding
	s.IdleSince = rules.Instant{}
	if p.Status == protocol.AgentStarting {
		s.StoppedIdle, s.Replaying = false, p.Replay
	}
	s.recordIdle(at)
	if p.LoadError != "" {
		s.LoadError = p.LoadError
	}
	if p.Session != "" {
		if s.AgentSession == "" && s.Forks != "" {
			s.Adopted = p.Session
		}
		s.applyReady()
		s.IdleTimeout, s.UsedAt = p.IdleTimeout, at.Instant()
		s.Memory = p.Memory
		s.AgentSession, s.CanLoad, s.LoadError, s.NewProfile = p.Session, p.CanLoad, "", false
	}
	if p.Session != "" && s.Adopted == p.Session {
		s.HadTurn = true // in the agent's own memory
	}
	if p.Anew {
		if s.HadTurn {
			s.applyRenewed(p.Forgot)
		}
		s.HadTurn = false
	}
}

func (s *State) dropQuestion(requestID string) {
	s.Questions = slices.DeleteFunc(s.Questions, func(p openQuestion) bool {
		return p.ID() == requestID
	})
}

// applyReady keeps the facts that the answer to a repeated creation shows, if the creation
// can be repeated.
func (s *State) applyReady() {
	if s.AgentSession == "" && s.Request != "" {
		s.FirstFacts = s.Session.Facts
	}
}

// applyStray records that stray output was reported.
func (s *State) applyStray() {
	if s.Running != nil {
		s.Running.StrayReported = true
	} else {
		s.StrayReported = true
	}
}

// recordIdle records since when the agent is ready while no shared session is open.
func (s *State) recordIdle(at rules.Stamp) {
	if !s.Occupied && s.up() {
		s.IdleSince = at.Instant()
	}
}
