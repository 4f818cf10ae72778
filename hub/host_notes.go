package hub

import "parley/protocol"

// progress reports what a starting agent does.
func (s *hostState) progress(e AgentProgress) decision {
	if s.Agent != protocol.AgentStarting || s.Detail == e.Detail {
		return decision{}
	}
	began := s.StartedAt // a copy that other goroutines may read
	starts := agentIs(protocol.AgentStarting)
	starts.Detail, starts.StartedAt = e.Detail, &began
	return decision{events: []event{{public: starts}}}.with(tellOpen{agentChanged{starts.AgentStatusChanged}})
}

// strayOutput reports that the agent writes lines that are not messages: once in a
// turn, and once outside of turns while a process lives.
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

// applyStray notes that stray output was reported.
func (s *hostState) applyStray() {
	if s.Running != nil {
		s.Running.Strayed = true
	} else {
		s.Strayed = true
	}
}
