package hub

import (
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// A host session whose agent has no open shared session for a while lets it go.
// The agent comes back for the next prompt, or the next shared session.

// open greets a shared session, and starts an agent for one that opens after the
// agent was let go.
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

// closed decides that a shared session has ended.
func (s *hostState) closed(m sharedClosed) decision {
	d := decision{effects: []effect{closeShared{m.shared}}}
	if m.last && s.Occupied {
		d.events = []event{{public: &hostVacated{}}}
	}
	return d
}

// settleOccupied makes up for what a crash, or a version that did not keep account,
// has kept from here about the shared sessions that are open.
func (s *hostState) settleOccupied(open []journal.SessionID) []event {
	switch {
	case len(open) > 0 && !s.Occupied:
		return []event{{public: &hostOccupied{}}}
	case len(open) == 0 && s.Occupied:
		return []event{{public: &hostVacated{}}}
	}
	return nil
}

// vacate notes since when the agent is there for nobody.
func (s *hostState) vacate(at stamp) {
	if !s.Occupied && s.up() {
		s.Vacant = at.instant()
	}
}

// leaveAt is when an agent that nobody uses is to end; zero for never.
func (s *hostState) leaveAt() time.Time {
	if s.rules.AgentIdleAfter <= 0 || s.Vacant.IsZero() || !s.up() {
		return time.Time{}
	}
	return s.Vacant.deadline(s.rules.AgentIdleAfter)
}

// letGo ends an agent that nobody uses. A turn that is still running there is of
// a shared session that has ended, and was cancelled with it.
func (s *hostState) letGo(d decision, now time.Time) decision {
	if at := s.leaveAt(); at.IsZero() || now.Before(at) {
		return d
	}
	d.events = append(d.events, event{public: &agentLetGoEvent{}}, event{public: agentIs(protocol.AgentEnding)})
	return d.with(endAgent{})
}
