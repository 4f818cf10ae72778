package hub

import (
	"errors"

	"parley/protocol"
)

// decideTurn decides on the turn queue: first in, first out, one at a time.
func (s *hostState) decideTurn(in input) decision {
	switch m := in.body.(type) {
	case dispatch:
		return s.dispatched(m.turn)
	case cancelTurn:
		return s.cancelTurn(m.approval, m.failure)
	case cancelHost:
		if s.Running == nil {
			return refuse(protocol.CodeNothingToCancel, "no prompt is running")
		}
		return s.cancelTurn(s.Running.Turn.Approval, cancelled)
	case confirmEnd:
		for _, t := range s.Ended {
			if t.Turn.Approval == m.approval {
				return decision{events: []event{{public: &turnConfirmedEvent{m.approval}}}}
			}
		}
		return decision{}
	}
	return refuse(protocol.CodeInternal, "unknown input %T", in.body)
}

// dispatched queues a prompt, or reports its progress if it is known already: a
// prompt that is sent twice runs once.
func (s *hostState) dispatched(t turn) decision {
	if d, known := s.report(t); known {
		return d
	}
	if len(s.Queue) >= s.settings.MaxQueued {
		return decision{}.with(tell{t.Shared, turnEnded{approval: t.Approval, failure: "too many prompts wait for the agent"}})
	}
	ahead := len(s.Queue)
	if s.Running != nil {
		ahead++
	}
	d := decision{
		events:  []event{{public: &turnQueuedEvent{t}}},
		effects: []effect{tell{t.Shared, turnAccepted{t.Approval, ahead}}},
	}
	switch {
	case s.Agent == protocol.AgentExited:
		return s.launch(d)
	case s.up() && ahead == 0:
		return s.begin(d, t)
	}
	return d
}

// report tells the shared session how far a known turn has come.
func (s *hostState) report(t turn) (d decision, known bool) {
	for i, q := range s.Queue {
		if q.Approval == t.Approval {
			ahead := i
			if s.Running != nil {
				ahead++
			}
			return decision{}.with(tell{t.Shared, turnAccepted{t.Approval, ahead}}), true
		}
	}
	if s.Running != nil && s.Running.Turn.Approval == t.Approval {
		return decision{}.with(tell{t.Shared, turnStarted{t.Approval}}), true
	}
	for _, e := range s.Ended {
		if e.Turn.Approval == t.Approval {
			return decision{}.with(tell{t.Shared, turnEnded{t.Approval, e.StopReason, e.Failure, e.Code}}), true
		}
	}
	return decision{}, false
}

// begin sends a turn to the agent, which is up and has none.
func (s *hostState) begin(d decision, t turn) decision {
	d.events = append(d.events, event{public: &turnBeganEvent{t.Approval}})
	return d.with(
		tell{t.Shared, turnStarted{t.Approval}},
		promptAgent{AgentPrompt{Turn: t.Approval, Text: t.Prompt, Meta: attributionOf(t)}})
}

// attribution is the _meta of a prompt request: who wrote the prompt and who
// approved it.
type attribution struct {
	Parley struct {
		ApprovalID string `json:"approvalId"`
		ApprovedBy person `json:"approvedBy"`
		Author     person `json:"author"`
	} `json:"parley"`
}

type person struct {
	ParticipantID string `json:"participantId"`
	UserID        string `json:"userId"`
	Name          string `json:"name"`
}

func personOf(p protocol.Participant) person { return person{p.ID, p.UserID, p.Name()} }

func attributionOf(t turn) []byte {
	var a attribution
	a.Parley.ApprovalID = t.Approval
	a.Parley.Author, a.Parley.ApprovedBy = personOf(t.Author), personOf(t.Approver)
	return rawJSON(a)
}

// over ends a turn and reports the end to its shared session.
func (s *hostState) over(d decision, t turn, stopReason, failure string, code protocol.Code) decision {
	d.events = append(d.events, event{public: &turnOverEvent{t.Approval, stopReason, failure, code}})
	return d.with(tell{t.Shared, turnEnded{t.Approval, stopReason, failure, code}})
}

// turnAnswered ends the running turn with the agent's answer. A turn that was
// cancelled has failed whatever its stop reason: some agents send end_turn.
func (s *hostState) turnAnswered(e AgentTurnEnded) decision {
	if s.Running == nil || s.Running.Turn.Approval != e.Turn {
		return decision{}
	}
	failure, code := "", protocol.Code("")
	if e.Err != nil {
		failure = e.Err.Error()
	}
	if errors.Is(e.Err, ErrAuthRequired) {
		code = protocol.CodeAgentAuthRequired
	}
	if s.Running.Cancelling != "" {
		failure, code = s.Running.Cancelling, ""
	}
	d := decision{}
	for _, p := range s.Permissions {
		d = s.withdraw(d, p.Permission.RequestID)
	}
	d = s.over(d, s.Running.Turn, e.StopReason, failure, code)
	if s.Running.Stuck && s.up() {
		d = d.with(tellOpen{agentChanged{status: protocol.AgentStatusChanged{Status: protocol.AgentIdle}}})
	}
	if len(s.Queue) > 0 && s.up() {
		return s.begin(d, s.Queue[0])
	}
	return d
}

// cancelTurn removes a prompt from the queue, or asks the agent to end the running
// turn. Permission requests are answered as cancelled first, as the Agent Client
// Protocol requires.
func (s *hostState) cancelTurn(approval, failure string) decision {
	if i := s.queued(approval); i >= 0 {
		return s.over(decision{}, s.Queue[i], "", failure, "")
	}
	if s.Running == nil || s.Running.Turn.Approval != approval || s.Running.Cancelling != "" {
		return decision{}
	}
	var d decision
	for _, p := range s.Permissions {
		d = s.settle(d, p, "", protocol.SourceCancel, nil)
	}
	d.events = append(d.events, event{public: &turnCancellingEvent{approval, failure}})
	return d.with(cancelAgent{})
}

// tick applies the time-outs that are due.
func (s *hostState) tick(in input) decision {
	var d decision
	if s.settings.TurnTimeout > 0 && s.Running != nil && s.Running.Cancelling == "" &&
		!in.moment.Before(s.Running.Since.deadline(s.settings.TurnTimeout)) {
		return s.cancelTurn(s.Running.Turn.Approval, "the turn took longer than "+s.settings.TurnTimeout.String())
	}
	for _, p := range s.Permissions {
		if !in.moment.Before(p.At.deadline(s.settings.PermissionTimeout)) {
			d = s.settle(d, p, optionOfKind(p.Permission.Choices, rejecting...), protocol.SourceTimeout, nil)
		}
	}
	if r := s.Running; r != nil && r.Cancelling != "" && !r.Stuck && !in.moment.Before(r.CancelAt.deadline(s.settings.CancelGrace)) {
		d.events = append(d.events, event{public: &turnStuckEvent{r.Turn.Approval}})
		d = d.with(tellOpen{agentChanged{status: protocol.AgentStatusChanged{Status: protocol.AgentUnresponsive}}})
	}
	return s.letGo(d, in.moment)
}
