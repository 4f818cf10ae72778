package shared

import "parley/protocol"

import (
	"parley/hub/rules"
)

// turnReport records what the host session reports of a prompt. A repeated report, and
// one of a prompt that is done, changes nothing.
func (s *State) turnReport(message any) rules.Decision {
	switch m := message.(type) {
	case rules.TurnAccepted:
		o := s.OpenPrompt(m.Approval)
		if o == nil || o.Phase != phaseApproved || m.Ahead == 0 {
			return rules.Decision{}
		}
		return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptQueued{ApprovalID: m.Approval, Ahead: m.Ahead}}}}
	case rules.TurnStarted:
		if o := s.OpenPrompt(m.Approval); o == nil || o.Phase == phaseRunning {
			return rules.Decision{}
		}
		return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptDispatchStarted{ApprovalID: m.Approval}}}}
	case rules.TurnEnded:
		return s.turnEnded(m)
	}
	return rules.Decision{}
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
