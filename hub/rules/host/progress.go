package host

import (
	"parley/hub/rules"
	"parley/protocol"
)

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
