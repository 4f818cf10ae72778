package hub

import "parley/protocol"

// turnReport records what the host session reports of a prompt. A repeated report, and
// one of a prompt that is done, changes nothing.
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
