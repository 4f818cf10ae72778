package hub

import (
	"time"

	"parley/protocol"
)

// An agent that sends nothing for long may be at work, or hang. The participants
// are told since when it has been silent, and can cancel the turn, stop the agent
// or wait. The runtime measures the time, since an agent's messages are not events
// of a host session.

// listens reports whether the agent is expected to send something. It is not while
// a permission request waits for the participants, and while the turn is being
// cancelled, which has a time-out of its own.
func (s *hostState) listens() bool {
	return s.settings.SilenceAfter > 0 && s.up() && s.Running != nil && s.Running.SilentSince == nil &&
		s.Running.Cancelling == "" && len(s.Permissions) == 0
}

// fallSilent reports that the agent has sent nothing for settings.SilenceAfter.
func (s *hostState) fallSilent(m agentSilent) decision {
	if !s.listens() {
		return decision{}
	}
	since := m.since.UTC().Truncate(time.Microsecond)
	return s.silence(&since)
}

// silence reports since when the agent has been silent; nil if it no longer is.
func (s *hostState) silence(since *time.Time) decision {
	status := s.status()
	status.SilentSince = since
	return decision{events: []event{{public: &turnSilentEvent{s.Running.Turn.Approval, since}}}}.
		with(tellOpen{agentChanged{status}})
}

// status returns the agent's status for shared sessions, which know of turns by
// other messages.
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
