package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// The functions below record what the host session reports about a prompt. A repeated
// report, and one about a prompt that is done, changes nothing.

func (s *State) turnAccepted(m rules.TurnAccepted) rules.Decision {
	o := s.OpenPrompt(m.Approval)
	if o == nil || o.Phase != phaseApproved || m.Ahead == 0 {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptQueued{ApprovalID: m.Approval, Ahead: m.Ahead}}}}
}

func (s *State) turnStarted(m rules.TurnStarted) rules.Decision {
	if o := s.OpenPrompt(m.Approval); o == nil || o.Phase == phaseRunning {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptDispatchStarted{ApprovalID: m.Approval}}}}
}

func (s *State) turnEnded(m rules.TurnEnded) rules.Decision {
	d := rules.Decision{Effects: []rules.Effect{s.sendHost(rules.ConfirmEnd{Approval: m.Approval})}}
	if s.OpenPrompt(m.Approval) == nil {
		return d
	}
	if m.Failure != "" {
		d.Events = []rules.Event{{Public: &protocol.PromptDispatchFailed{ApprovalID: m.Approval, Error: m.Failure, Code: m.Code}}}
		return d
	}
	d.Events = []rules.Event{{Public: &protocol.PromptDispatchCompleted{ApprovalID: m.Approval, StopReason: m.StopReason}}}
	return d
}
