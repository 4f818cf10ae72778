package host

import (
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// A host session without an open shared session stops its agent after
// [rules.Settings.AgentIdleAfter]. The next prompt, or the next shared session, starts the
// agent again.

// sharedOpened sends the agent's state to a shared session that has opened. It starts an
// agent that was stopped because no shared session was open.
func (s *State) sharedOpened(m rules.SharedOpened) rules.Decision {
	d := s.sendState(m)
	if s.Occupied {
		return d
	}
	d.Events = []rules.Event{{Public: &occupiedEvent{}}}
	if s.Adopted != "" && !s.Replayed && s.earlierSession() == s.Adopted {
		history := s.history()
		if history == protocol.HistoryRepeated {
			return s.replay(d)
		}
		d.Events = append(d.Events, rules.Event{Public: &replayedEvent{}})
		told := protocol.AgentSession{Continued: protocol.ContinuedLoaded, History: history}
		d = d.With(rules.Send{To: m.Shared, Message: rules.AgentContinued{Session: told}})
	}
	if s.StoppedIdle && s.Agent == protocol.AgentExited {
		return s.launch(d)
	}
	return d
}

// sendState sends the agent's state to a shared session that was opened or loaded.
func (s *State) sendState(m rules.SharedOpened) rules.Decision {
	d := rules.Decision{Effects: []rules.Effect{
		AttachShared{m.Shared},
		rules.Send{To: m.Shared, Message: rules.AgentChanged{Status: s.status()}},
		rules.Send{To: m.Shared, Message: rules.AgentFactsChanged{Facts: s.Session.Facts}},
	}}
	switch own := s.Running != nil && turns.IsOwn(s.Running.Turn); {
	case own:
		d = d.With(rules.Send{To: m.Shared, Message: rules.OwnTurnBegan{}})
	case m.OwnTurn:
		d = d.With(rules.Send{To: m.Shared, Message: rules.OwnTurnEnded{}})
	}
	for _, requestID := range m.Requests {
		if s.OpenQuestion(requestID) == nil {
			d = d.With(rules.Send{To: m.Shared, Message: rules.QuestionWithdrawn{RequestID: requestID}})
		}
	}
	d = s.sendRecapWanted(s.sendChanges(d, m), m.Shared)
	d = reportQueue(d, turns.Places{Shared: m.Shared, Queue: s.Places(m.Shared)})
	for _, p := range s.Questions {
		if p.Shared.IsZero() || p.Shared == m.Shared {
			d = d.With(rules.Send{To: m.Shared, Message: rules.QuestionAsked{Question: p.shown()}})
		}
	}
	return d
}

// sharedClosed records that no shared session is open if the last one has ended.
func (s *State) sharedClosed(m rules.SharedClosed) rules.Decision {
	d := rules.Decision{Effects: []rules.Effect{DetachShared{m.Shared}}}
	if m.Last && s.Occupied {
		d.Events = []rules.Event{{Public: &vacatedEvent{}}}
	}
	return d
}

// repairOccupied returns the event that is missing if the state does not agree with open,
// the shared sessions that are open. A crash can lose a message, and earlier versions did
// not record the events.
func (s *State) repairOccupied(open []journal.SessionID) []rules.Event {
	switch {
	case len(open) > 0 && !s.Occupied:
		return []rules.Event{{Public: &occupiedEvent{}}}
	case len(open) == 0 && s.Occupied:
		return []rules.Event{{Public: &vacatedEvent{}}}
	}
	return nil
}

// idleDeadline returns when to stop the agent unless it is used; zero for never.
func (s *State) idleDeadline() time.Time {
	if s.settings.AgentIdleAfter <= 0 || s.IdleSince.IsZero() || !s.up() {
		return time.Time{}
	}
	return s.IdleSince.Deadline(s.settings.AgentIdleAfter)
}

// stopIdleAgent stops an agent that is past its idle deadline. A turn that still runs was
// cancelled when its shared session ended.
func (s *State) stopIdleAgent(d rules.Decision, now time.Time) rules.Decision {
	if at := s.idleDeadline(); at.IsZero() || now.Before(at) {
		return d
	}
	d.Events = append(d.Events, rules.Event{Public: &idleAgentStoppedEvent{}}, rules.Event{Public: newAgentStatus(protocol.AgentEnding)})
	return d.With(EndAgent{})
}
