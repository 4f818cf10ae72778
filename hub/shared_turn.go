package hub

import "parley/protocol"

// turnReport is what the host session says of a prompt of this session.
// Anything that comes twice, or of a prompt that is done, changes nothing.
func (s *sharedState) turnReport(message any) decision {
	switch m := message.(type) {
	case turnAccepted:
		o := s.open(m.approval)
		if o == nil || o.Phase != phaseApproved || m.ahead == 0 {
			return decision{}
		}
		return decision{events: []event{{public: &protocol.PromptQueued{ApprovalID: m.approval, Ahead: m.ahead}}}}
	case turnStarted:
		if o := s.open(m.approval); o == nil || o.Phase == phaseRunning {
			return decision{}
		}
		return decision{events: []event{{public: &protocol.PromptDispatchStarted{ApprovalID: m.approval}}}}
	case turnEnded:
		return s.turnEnded(m)
	}
	return decision{}
}

func (s *sharedState) turnEnded(m turnEnded) decision {
	d := decision{effects: []effect{s.tellHost(confirmEnd{m.approval})}}
	if s.open(m.approval) == nil {
		return d
	}
	if m.failure != "" {
		d.events = []event{{public: &protocol.PromptDispatchFailed{ApprovalID: m.approval, Error: m.failure, Code: m.code}}}
		return d
	}
	d.events = []event{{public: &protocol.PromptDispatchCompleted{ApprovalID: m.approval, StopReason: m.stopReason}}}
	return d
}

// agentSaid makes an event of each notification, until the session has ended.
func (s *sharedState) agentSaid(m agentSaid) decision {
	if !s.active() {
		return decision{}
	}
	events := make([]event, len(m.notifications))
	for i, n := range m.notifications {
		events[i].public = &protocol.HostSessionUpdate{Notification: n}
	}
	return decision{events: events}
}

func (s *sharedState) agentChanged(m agentChanged) decision {
	known := protocol.AgentStatusChanged{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince}
	if !s.active() || known.Same(m.status) {
		return decision{}
	}
	return decision{events: []event{{public: &m.status}}}
}

func (s *sharedState) agentContinues(m agentContinues) decision {
	if !s.active() {
		return decision{}
	}
	return decision{events: []event{{public: &m.session}}}
}
