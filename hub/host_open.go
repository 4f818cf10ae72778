package hub

import (
	"slices"
	"time"

	"parley/protocol"
)

// A host session whose agent has no open shared session for a while lets it go.
// The agent comes back for the next prompt, or the next shared session.

// open greets a shared session, and starts an agent for a new one that was let
// go before it came.
func (s *hostState) open(m sharedOpened) decision {
	d := s.greet(m)
	d.events = s.opened(m.shared)
	if len(d.events) > 0 && s.LetGo && s.Agent == protocol.AgentExited {
		return s.launch(d)
	}
	return d
}

// opened journals that a shared session is open here, if that is news.
func (s *hostState) opened(shared SessionID) []event {
	if slices.Contains(s.Open, shared) {
		return nil
	}
	return []event{{public: &sharedOpenedEvent{shared}}}
}

// closed decides that a shared session has ended.
func (s *hostState) closed(m sharedClosed) decision {
	d := decision{effects: []effect{closeShared(m)}}
	if slices.Contains(s.Open, m.shared) {
		d.events = []event{{public: &sharedClosedEvent{m.shared}}}
	}
	return d
}

// settleOpen makes up for what a crash, or a version that did not keep account,
// has kept from here about the shared sessions that are open.
func (s *hostState) settleOpen(open []SessionID) []event {
	var events []event
	for _, id := range open {
		events = append(events, s.opened(id)...)
	}
	for _, id := range s.Open {
		if !slices.Contains(open, id) {
			events = append(events, event{public: &sharedClosedEvent{id}})
		}
	}
	return events
}

func (s *hostState) applyOpened(p *sharedOpenedEvent) {
	s.Open = append(s.Open, p.Shared)
	s.Vacant = instant{}
}

func (s *hostState) applyClosed(p *sharedClosedEvent, at stamp) {
	s.Open = slices.DeleteFunc(s.Open, func(id SessionID) bool { return id == p.Shared })
	s.vacate(at)
}

// vacate notes since when the agent is there for nobody.
func (s *hostState) vacate(at stamp) {
	if len(s.Open) == 0 && s.up() {
		s.Vacant = at.instant()
	}
}

// leaveAt is when an agent that nobody uses is to end; zero for never.
func (s *hostState) leaveAt() time.Time {
	if s.rules.AgentIdleAfter <= 0 || s.Vacant.IsZero() || !s.up() {
		return time.Time{}
	}
	return s.Vacant.moment.Add(s.rules.AgentIdleAfter)
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
