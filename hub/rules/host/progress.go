package host

import (
	"time"

	"parley/hub/rules"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// An agent that sends nothing for a long time may be at work, or hang. The participants see
// since when it has been silent, and can cancel the turn, stop the agent or wait. The
// runtime measures the time, since an agent's messages are not events of a host session.

// ExpectsOutput reports whether the agent is expected to send a message, so that its silence
// is to be reported. It is not while a permission request waits for an answer, and not
// while the turn is being cancelled, which has a time-out of its own, and not while its
// connector has no connection.
func (s *State) ExpectsOutput() bool {
	return s.settings.SilenceAfter > 0 && s.up() && !s.isDetached() && s.Running != nil && s.Running.SilentSince == nil &&
		s.Running.Cancelling == "" && len(s.Questions) == 0
}

// reportSilence decides on the input that the agent has sent nothing for
// [rules.Settings.SilenceAfter].
func (s *State) reportSilence(m AgentSilent) rules.Decision {
	if !s.ExpectsOutput() {
		return rules.Decision{}
	}
	since := m.Since.UTC().Truncate(time.Microsecond)
	return s.setSilence(&since)
}

// setSilence records and reports since when the agent has been silent; nil if it no longer
// is.
func (s *State) setSilence(since *time.Time) rules.Decision {
	status := s.status()
	status.SilentSince = since
	return rules.Decision{Events: []rules.Event{{Public: &turns.SilentEvent{Approval: s.Running.Turn.Approval, Since: since}}}}.
		With(Broadcast{rules.AgentChanged{Status: status}})
}

// status returns the agent's status for shared sessions. It does not distinguish idle from
// running, since they learn of turns from other messages.
func (s *State) status() protocol.AgentStatusChanged {
	status := protocol.AgentStatusChanged{Status: s.Agent, Detail: s.Detail, Asleep: s.Asleep}
	if s.Running != nil {
		status.SilentSince = s.Running.SilentSince
		if s.Running.Unresponsive && s.up() {
			status.Status = protocol.AgentUnresponsive
		}
	}
	return status
}

// progress records and reports what a starting agent does.
func (s *State) progress(e rules.AgentProgress) rules.Decision {
	if s.Agent != protocol.AgentStarting || s.Detail == e.Detail {
		return rules.Decision{}
	}
	startedAt := s.StartedAt // a copy that other goroutines may read
	status := newAgentStatus(protocol.AgentStarting)
	status.Detail, status.StartedAt = e.Detail, &startedAt
	return rules.Decision{Events: []rules.Event{{Public: status}}}.With(Broadcast{rules.AgentChanged{Status: status.AgentStatusChanged}})
}

// strayOutput records and reports that the agent writes lines that are not messages: once
// in a turn, and once outside of turns in the life of a process.
func (s *State) strayOutput() rules.Decision {
	note := protocol.AgentStrayOutput{}
	switch {
	case s.Running == nil && s.StrayReported, s.Running != nil && s.Running.StrayReported:
		return rules.Decision{}
	case s.Running != nil:
		approval := s.Running.Turn.Approval
		note.ApprovalID = &approval
	}
	return rules.Decision{Events: []rules.Event{{Public: &note}}}.With(Broadcast{rules.AgentNote{Note: note}})
}

// slowed reports that the server reads the agent slowly.
func (s *State) slowed() rules.Decision {
	note := protocol.AgentSlowed{}
	if s.Running != nil && s.Running.Turn.Approval != "" {
		approval := s.Running.Turn.Approval
		note.ApprovalID = &approval
	}
	return rules.Decision{}.With(Broadcast{rules.AgentSlowNote{Note: note}})
}
