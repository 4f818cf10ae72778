package host

import (
	"parley/hub/rules"
	"parley/protocol"
)

// progress reports what a starting agent does.
func (s *State) progress(e rules.AgentProgress) rules.Decision {
	if s.Agent != protocol.AgentStarting || s.Detail == e.Detail {
		return rules.Decision{}
	}
	began := s.StartedAt // a copy that other goroutines may read
	starts := newAgentStatus(protocol.AgentStarting)
	starts.Detail, starts.StartedAt = e.Detail, &began
	return rules.Decision{Events: []rules.Event{{Public: starts}}}.With(Broadcast{rules.AgentChanged{Status: starts.AgentStatusChanged}})
}

// strayOutput reports that the agent writes lines that are not messages: once in a
// turn, and once outside of turns while a process lives.
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
