package host

import (
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// A host session without an open shared session ends its agent after
// settings.AgentIdleAfter. The next prompt, or the next shared session, starts the
// agent again.

// sharedOpened greets a shared session that has opened, and starts an agent that was
// ended because no shared session was open.
func (s *State) sharedOpened(m rules.SharedOpened) rules.Decision {
	d := s.sendState(m)
	if s.Occupied {
		return d
	}
	d.Events = []rules.Event{{Public: &occupiedEvent{}}}
	if s.StoppedIdle && s.Agent == protocol.AgentExited {
		return s.launch(d)
	}
	return d
}

// sendState tells a shared session that has opened or woken the agent's present state.
func (s *State) sendState(m rules.SharedOpened) rules.Decision {
	d := rules.Decision{Effects: []rules.Effect{
		AttachShared{m.Shared},
		rules.Send{To: m.Shared, Message: rules.AgentChanged{Status: s.status()}},
		rules.Send{To: m.Shared, Message: rules.AgentFactsChanged{Facts: s.Session.Facts}},
	}}
	for _, requestID := range m.Requests {
		if s.OpenPermission(requestID) == nil {
			d = d.With(rules.Send{To: m.Shared, Message: rules.PermissionWithdrawn{RequestID: requestID}})
		}
	}
	for _, p := range s.Permissions {
		if p.Shared.IsZero() || p.Shared == m.Shared {
			d = d.With(rules.Send{To: m.Shared, Message: rules.PermissionRequested{Request: p.Request}})
		}
	}
	return d
}

// sharedClosed notes that a shared session has ended.
func (s *State) sharedClosed(m rules.SharedClosed) rules.Decision {
	d := rules.Decision{Effects: []rules.Effect{DetachShared{m.Shared}}}
	if m.Last && s.Occupied {
		d.Events = []rules.Event{{Public: &vacatedEvent{}}}
	}
	return d
}

// repairOccupied returns the event that is missing if a crash, or an older version
// of Parley, lost track of whether a shared session is open.
func (s *State) repairOccupied(open []journal.SessionID) []rules.Event {
	switch {
	case len(open) > 0 && !s.Occupied:
		return []rules.Event{{Public: &occupiedEvent{}}}
	case len(open) == 0 && s.Occupied:
		return []rules.Event{{Public: &vacatedEvent{}}}
	}
	return nil
}

// idleDeadline returns when an unused agent is to end; zero for never.
func (s *State) idleDeadline() time.Time {
	if s.settings.AgentIdleAfter <= 0 || s.IdleSince.IsZero() || !s.up() {
		return time.Time{}
	}
	return s.IdleSince.Deadline(s.settings.AgentIdleAfter)
}

// stopIdleAgent ends an agent that has been unused for long enough. A turn that still runs
// there was cancelled together with its shared session.
func (s *State) stopIdleAgent(d rules.Decision, now time.Time) rules.Decision {
	if at := s.idleDeadline(); at.IsZero() || now.Before(at) {
		return d
	}
	d.Events = append(d.Events, rules.Event{Public: &idleAgentStoppedEvent{}}, rules.Event{Public: newAgentStatus(protocol.AgentEnding)})
	return d.With(EndAgent{})
}
