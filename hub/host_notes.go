package hub

import "parley/protocol"

// What people are told of an agent beside what it says: how its start goes, and
// that it writes other things to its output.

// progress tells what the agent that starts is doing.
func (s *hostState) progress(e AgentProgress) decision {
	if s.Agent != protocol.AgentStarting || s.Detail == e.Detail {
		return decision{}
	}
	began := s.StartedAt // a copy, for other goroutines to read
	starts := agentIs(protocol.AgentStarting)
	starts.Detail, starts.StartedAt = e.Detail, &began
	return decision{events: []event{{public: starts}}}.with(tellOpen{agentChanged{starts.AgentStatusChanged}})
}

// strayOutput notes once in a turn, and once in a process's life outside of
// turns, that the agent writes lines that are no messages.
func (s *hostState) strayOutput() decision {
	note := protocol.AgentStrayOutput{}
	switch {
	case s.Running == nil && s.Strayed, s.Running != nil && s.Running.Strayed:
		return decision{}
	case s.Running != nil:
		approval := s.Running.Turn.Approval
		note.ApprovalID = &approval
	}
	return decision{events: []event{{public: &note}}}.with(tellOpen{agentNote{note}})
}

func (s *hostState) applyStray() {
	if s.Running != nil {
		s.Running.Strayed = true
	} else {
		s.Strayed = true
	}
}
