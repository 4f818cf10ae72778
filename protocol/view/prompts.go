package view

import (
	"cmp"

	"parley/protocol"
)

// takePrompt folds an event about a prompt. It returns false for any other event.
func (t *Timeline) takePrompt(payload protocol.Payload) bool {
	switch p := payload.(type) {
	case *protocol.PromptPendingApproval:
		t.putPrompt(p.Approval, func(r *PromptRow) { r.State, r.Author = PromptPending, &p.Participant })
	case *protocol.PromptApproved:
		t.approve(p)
	case *protocol.PromptRejected:
		t.changePrompt(p.Approval.ID, func(r *PromptRow) {
			r.State, r.Approval, r.DecidedBy = PromptRejected, p.Approval, &p.Participant
		})
	case *protocol.PromptQueued:
		t.changePrompt(p.ApprovalID, func(r *PromptRow) { r.State, r.Ahead = PromptQueued, p.Ahead })
	case *protocol.QueueChanged:
		t.changeQueue(p)
	case *protocol.PromptCancelled:
		t.changePrompt(p.ApprovalID, func(r *PromptRow) { r.State, r.CancelledBy = PromptCancelling, &p.Participant })
	case *protocol.PromptDispatchStarted:
		t.startTurn(p.ApprovalID)
	case *protocol.PromptDispatchCompleted:
		t.endTurn(p.ApprovalID, PromptDone, p.StopReason)
	case *protocol.PromptDispatchFailed:
		t.endTurn(p.ApprovalID, PromptFailed, p.Error)
	case *protocol.AgentTurnStarted:
		t.startOwnTurn()
	case *protocol.AgentTurnEnded:
		t.endOwnTurn(p)
	default:
		return false
	}
	return true
}

// changeQueue notes the places of the prompts that wait, and who has moved one.
func (t *Timeline) changeQueue(p *protocol.QueueChanged) {
	for _, q := range p.Queue {
		t.changePrompt(q.ApprovalID, func(r *PromptRow) {
			if r.Ahead = q.Ahead; r.State == PromptApproved {
				r.State = PromptQueued
			}
		})
	}
	if p.Participant != nil {
		t.add(&NoticeRow{Base: t.base("notice"), Notice: PersonNotice{"moved", *p.Participant}})
	}
}

// findPrompt returns the index of the row of a prompt, or -1.
func (t *Timeline) findPrompt(id string) int {
	return t.findLast(0, func(r Row) bool {
		prompt, ok := r.(*PromptRow)
		return ok && prompt.Approval.ID == id
	})
}

// findLast returns the index of the last row from start on that is wanted, or -1.
func (t *Timeline) findLast(start int, wanted func(Row) bool) int {
	for i := len(t.rows) - 1; i >= start; i-- {
		if wanted(t.rows[i]) {
			return i
		}
	}
	return -1
}

func (t *Timeline) promptRow(id string) *PromptRow {
	if i := t.findPrompt(id); i >= 0 {
		return t.rows[i].(*PromptRow)
	}
	return nil
}

// changePrompt changes the row of a prompt, if there is one.
func (t *Timeline) changePrompt(id string, change func(*PromptRow)) bool {
	i := t.findPrompt(id)
	if i < 0 {
		return false
	}
	now := *t.rows[i].(*PromptRow)
	change(&now)
	t.replace(i, &now)
	return true
}

// putPrompt changes the row of a prompt, or adds it.
func (t *Timeline) putPrompt(a protocol.Approval, change func(*PromptRow)) {
	if t.changePrompt(a.ID, func(r *PromptRow) { change(r); r.Approval = a }) {
		return
	}
	row := &PromptRow{Base: t.base("prompt"), During: t.running, Approval: a, State: PromptPending}
	change(row)
	t.add(row)
}

// approve folds an approval. A prompt that its author did not approve has a row from its
// proposal.
func (t *Timeline) approve(p *protocol.PromptApproved) {
	change := func(r *PromptRow) { r.State, r.DecidedBy, r.Approval = PromptApproved, &p.Participant, p.Approval }
	if p.Participant.ID == p.Approval.ParticipantID {
		t.putPrompt(p.Approval, func(r *PromptRow) { change(r); r.Author = &p.Participant })
	} else {
		t.changePrompt(p.Approval.ID, change)
	}
}

// run records that a turn runs from now on.
func (t *Timeline) run(id string) {
	t.endSaying()
	at := t.at
	t.running, t.since, t.plan, t.looksAt, t.usage = &id, &at, nil, nil, nil
}

// startTurn begins a turn. It has a row of its own unless its prompt stands right above.
func (t *Timeline) startTurn(id string) {
	t.run(id)
	t.changePrompt(id, func(r *PromptRow) { r.State = PromptRunning })
	last := t.findLast(0, func(r Row) bool { _, isNotice := r.(*NoticeRow); return !isNotice })
	if last < 0 || last != t.findPrompt(id) {
		row := &TurnStartRow{Base: t.base("turn-start"), ApprovalID: id}
		if prompt := t.promptRow(id); prompt != nil {
			row.Prompt = prompt.Approval.Prompt
		}
		t.add(row)
	}
	t.start = len(t.rows)
}

// startOwnTurn begins a turn without a prompt.
func (t *Timeline) startOwnTurn() {
	t.run(OwnTurn)
	t.add(&TurnStartRow{Base: t.base("turn-start"), ApprovalID: OwnTurn})
	t.start = len(t.rows)
}

// endOwnTurn ends a turn without a prompt.
func (t *Timeline) endOwnTurn(p *protocol.AgentTurnEnded) {
	row := &TurnEndRow{ApprovalID: OwnTurn, State: PromptDone, Detail: cmp.Or(p.Error, p.StopReason)}
	switch {
	case p.Error == "cancelled" || p.StopReason == "cancelled":
		row.State = PromptCancelled
	case p.Error != "":
		row.State = PromptFailed
	}
	t.endSaying()
	t.endTools()
	t.stop(row)
}

// stop adds the end of the turn that runs.
func (t *Timeline) stop(row *TurnEndRow) {
	row.Base, row.Usage = t.base("turn-end"), t.usage
	if t.since != nil {
		row.Took = new(t.at - *t.since)
	}
	t.add(row)
	t.running, t.since, t.looksAt, t.usage, t.start = nil, nil, nil, nil, len(t.rows)
}

// endTurn ends the turn of a prompt, or a prompt that never ran.
func (t *Timeline) endTurn(id string, state PromptState, detail string) {
	row := &TurnEndRow{ApprovalID: id, Detail: detail}
	if prompt := t.promptRow(id); prompt != nil {
		row.CancelledBy = prompt.CancelledBy
	}
	if row.CancelledBy != nil || detail == "cancelled" {
		state = PromptCancelled
	}
	ran := t.running != nil && *t.running == id
	if ran {
		t.endSaying()
		t.endTools()
	}
	t.changePrompt(id, func(r *PromptRow) { r.State = state })
	row.State = state
	if ran {
		t.stop(row)
		return
	}
	row.Base, row.Usage = t.base("turn-end"), t.usage
	t.add(row)
}
