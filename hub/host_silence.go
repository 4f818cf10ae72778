package hub

import (
	"time"

	"parley/protocol"
)

// An agent that says nothing in a turn for long may work, or hang: people are
// told since when, and can cancel the turn, stop the agent or go on waiting. The
// shell keeps the time, since what an agent says is no event of this stream.

// listens reports whether the running turn's agent is expected to say something.
// One that has asked people waits for them, and one that was told to cancel has a
// time of its own.
func (s *hostState) listens() bool {
	return s.rules.SilenceAfter > 0 && s.up() && s.Running != nil && s.Running.SilentSince == nil &&
		s.Running.Cancelling == "" && len(s.Permissions) == 0
}

// fallSilent tells that the agent has said nothing for too long.
func (s *hostState) fallSilent(m agentSilent) decision {
	if !s.listens() {
		return decision{}
	}
	since := m.since.UTC().Truncate(time.Microsecond)
	return s.silence(&since)
}

// silence tells since when the agent has been silent, or with nil that it no
// longer is.
func (s *hostState) silence(since *time.Time) decision {
	status := s.status()
	status.SilentSince = since
	return decision{events: []event{{public: &turnSilentEvent{s.Running.Turn.Approval, since}}}}.
		with(tellOpen{agentChanged{status}})
}

// heard ends a silence before what ended it is decided on.
func (s *hostState) heard(in input, said AgentEvent) decision {
	d := s.silence(nil)
	running := *s.Running
	running.SilentSince = nil
	after := *s
	after.Running = &running
	return d.then(after.agentSays(in, said))
}

// status is how people see the agent outside of its turns.
func (s *hostState) status() protocol.AgentStatusChanged {
	status := protocol.AgentStatusChanged{Status: s.Agent, Detail: s.Detail}
	if s.Running != nil {
		status.SilentSince = s.Running.SilentSince
		if s.Running.Stuck && s.up() {
			status.Status = protocol.AgentUnresponsive
		}
	}
	return status
}
