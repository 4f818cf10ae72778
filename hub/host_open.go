package hub

import (
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// A host session without an open shared session ends its agent after
// settings.AgentIdleAfter. The next prompt, or the next shared session, starts the
// agent again.

// open greets a shared session that has opened, and starts an agent that was
// ended because no shared session was open.
func (s *hostState) open(m sharedOpened) decision {
	d := s.greet(m)
	if s.Occupied {
		return d
	}
	d.events = []event{{public: &hostOccupied{}}}
	if s.LetGo && s.Agent == protocol.AgentExited {
		return s.launch(d)
	}
	return d
}

// greet tells a shared session that has opened or woken the agent's present state.
func (s *hostState) greet(m sharedOpened) decision {
	d := decision{effects: []effect{
		openShared{m.shared},
		tell{m.shared, agentChanged{s.status()}},
		tell{m.shared, agentKnown{s.Session.Facts}},
	}}
	for _, requestID := range m.asked {
		if s.asked(requestID) == nil {
			d = d.with(tell{m.shared, permissionGone{requestID}})
		}
	}
	for _, p := range s.Permissions {
		if p.Shared.IsZero() || p.Shared == m.shared {
			d = d.with(tell{m.shared, permissionAsked{p.Permission}})
		}
	}
	return d
}

// closed notes that a shared session has ended.
func (s *hostState) closed(m sharedClosed) decision {
	d := decision{effects: []effect{closeShared{m.shared}}}
	if m.last && s.Occupied {
		d.events = []event{{public: &hostVacated{}}}
	}
	return d
}

// settleOccupied returns the event that is missing if a crash, or an older version
// of Parley, lost track of whether a shared session is open.
func (s *hostState) settleOccupied(open []journal.SessionID) []event {
	switch {
	case len(open) > 0 && !s.Occupied:
		return []event{{public: &hostOccupied{}}}
	case len(open) == 0 && s.Occupied:
		return []event{{public: &hostVacated{}}}
	}
	return nil
}

// vacate notes since when the agent has been up without an open shared session.
func (s *hostState) vacate(at stamp) {
	if !s.Occupied && s.up() {
		s.Vacant = at.instant()
	}
}

// leaveAt returns when an unused agent is to end; zero for never.
func (s *hostState) leaveAt() time.Time {
	if s.settings.AgentIdleAfter <= 0 || s.Vacant.IsZero() || !s.up() {
		return time.Time{}
	}
	return s.Vacant.deadline(s.settings.AgentIdleAfter)
}

// letGo ends an agent that has been unused for long enough. A turn that still runs
// there was cancelled together with its shared session.
func (s *hostState) letGo(d decision, now time.Time) decision {
	if at := s.leaveAt(); at.IsZero() || now.Before(at) {
		return d
	}
	d.events = append(d.events, event{public: &agentLetGoEvent{}}, event{public: agentIs(protocol.AgentEnding)})
	return d.with(endAgent{})
}
