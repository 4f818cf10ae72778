package shared

import (
	"strings"

	"cmp"
	"slices"

	"parley/hub/redact"
	"parley/hub/rules"
	"parley/protocol"
)

// The host session decides whether a prompt still waits for the agent. Commands about such
// a prompt wait for its answer.

// withdraw ends a prompt that has not begun.
func (s *State) withdraw(in rules.Input, c *protocol.Withdraw, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	o := s.OpenPrompt(c.ApprovalID)
	if o == nil {
		return notOpen(c.ApprovalID, requestResolve)
	}
	own := o.Approval.ParticipantID == p.ID
	switch {
	case !own && p.Role != protocol.RoleHost:
		return rules.Refuse(protocol.CodeHostRequired, "only the author and the host can withdraw a prompt")
	case o.Phase == phasePending && !own:
		return rules.Refuse(protocol.CodeInvalidRequest, "the prompt waits for an approval; reject it instead")
	case o.Phase == phasePending:
		return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(rejection(o.Approval, p, protocol.ReasonWithdrawn, in.At))}}
	}
	return s.editQueued(in, o, rules.TurnEdit{By: p, Command: ref})
}

// editPrompt replaces a prompt that has not begun by another one of the same author.
func (s *State) editPrompt(in rules.Input, c *protocol.EditPrompt, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	o := s.OpenPrompt(c.ApprovalID)
	if o == nil {
		return notOpen(c.ApprovalID, requestResolve)
	}
	a, err := s.replacement(in, c, o, p)
	if err == nil && o.Masked != nil && !s.ProjectionOf(p).Whole && strings.Contains(c.Prompt, redact.Mask) {
		err = protocol.Errorf(protocol.CodeRedacted, "the text has %s in the place of a secret, so it is not what the agent would need; write the whole text", redact.Mask)
	}
	if err != nil {
		return rules.Decision{Err: err}
	}
	if o.Phase == phasePending {
		d := s.proposal(in.IDs[1], a, p)
		replaced := rules.Event{Public: rejection(o.Approval, p, protocol.ReasonReplaced, in.At)}
		d.Events = append([]rules.Event{replaced}, d.Events...)
		return d
	}
	return s.editQueued(in, o, rules.TurnEdit{By: p, Replacement: &a, MessageID: in.IDs[1], Command: ref})
}

// replacement returns the prompt that replaces an open one, or the error that refuses it.
func (s *State) replacement(in rules.Input, c *protocol.EditPrompt, o *openApproval, p protocol.Participant) (protocol.Approval, error) {
	right := s.rightsOf(p).Prompt
	if o.Phase == phasePending && right == rules.PromptDirect {
		right = rules.PromptNeedsApproval // what waits for an approval goes on waiting
	}
	text := protocol.NameContent(c.Prompt, o.Approval.Content)
	switch {
	case o.Approval.ParticipantID != p.ID:
		return protocol.Approval{}, protocol.Errorf(protocol.CodeHostRequired, "only the author can edit a prompt")
	case right == rules.PromptDenied:
		return protocol.Approval{}, protocol.Errorf(protocol.CodePromptNotAllowed, "a %s cannot prompt while the mode is %s", p.Role, s.Session.Mode)
	case o.Approval.Prompt == text:
		return protocol.Approval{}, protocol.Errorf(protocol.CodeInvalidRequest, "the text is the same as before")
	}
	if err := cmp.Or(checkExpectation(c.As, right), s.checkSupport(o.Approval.Content)); err != nil {
		return protocol.Approval{}, err
	}
	a := protocol.Approval{
		ID: in.IDs[0], SharedSessionID: s.ID.String(), ParticipantID: p.ID, Prompt: text, Content: o.Approval.Content,
		Status: protocol.ApprovalPending, CreatedAt: in.At, When: o.Approval.When, Replaces: o.Approval.ID,
	}
	if right == rules.PromptDirect {
		if in.OverBudget && promptSize(a) > max(SmallPrompt, promptSize(o.Approval)) {
			return a, overBudget(protocol.CodeQueueFull)
		}
		a.Status, a.ResolvedAt, a.ResolvedByParticipantID = protocol.ApprovalApproved, new(in.At), &p.ID
		return a, nil
	}
	var without *openApproval
	if o.Phase == phasePending {
		without = o
	}
	return a, s.checkPendingLimits(in, p, a, without)
}

// editQueued asks the host session to end a prompt if it still waits for the agent.
func (s *State) editQueued(in rules.Input, o *openApproval, edit rules.TurnEdit) rules.Decision {
	if err := queuedError(o); err != nil {
		return rules.Decision{Err: err}
	}
	edit.Waiter = waiterOf(edit.Command, in)
	hold := holdEdit + o.Approval.ID
	m := rules.EditTurn{Approval: o.Approval.ID, Shared: s.ID, Edit: edit, Hold: hold}
	return rules.Decision{Effects: []rules.Effect{s.sendHost(m)}, Hold: hold, Waiter: edit.Waiter}
}

// Prefixes of the names under which commands wait for the host session's decision.
const (
	holdEdit = "edit "
	holdMove = "move "
)

// waiterOf returns what identifies a command among those that wait under one name. A
// repeated command waits for the same outcome.
func waiterOf(ref *rules.CommandRef, in rules.Input) string {
	if ref == nil {
		return in.IDs[0]
	}
	return ref.Scope + " " + ref.ID
}

// queuedError returns the error for a prompt that does not wait for the agent, as far as
// the session knows. Whether a cancellation comes before the command is for the host
// session to decide: the command may be the repetition of one that came first.
func queuedError(o *openApproval) error {
	switch {
	case o.Phase == phasePending:
		return protocol.Errorf(protocol.CodeInvalidRequest, "the prompt waits for an approval and is not in the queue")
	case o.Phase == phaseRunning:
		return tooLate()
	}
	return nil
}

// tooLate returns the error for a prompt that the agent has received.
func tooLate() error {
	return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "the prompt does not wait any more: the agent has received it, or it has ended")
}

// movePrompt asks the host session to move a prompt in the queue.
func (s *State) movePrompt(in rules.Input, c *protocol.MovePrompt, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	for _, id := range []string{c.ApprovalID, c.Before} {
		if id == "" && id == c.Before {
			continue // to the end
		}
		o := s.OpenPrompt(id)
		if o == nil {
			return notOpen(id, requestResolve)
		}
		if err := queuedError(o); err != nil {
			return rules.Decision{Err: err}
		}
	}
	m := rules.MoveTurn{Approval: c.ApprovalID, Before: c.Before, Shared: s.ID, By: p, Command: ref, Hold: holdMove + waiterOf(ref, in)}
	return rules.Decision{Effects: []rules.Effect{s.sendHost(m)}, Hold: m.Hold, Waiter: m.Hold}
}

// editRefused answers the commands that wait for a prompt that no longer waits.
func (s *State) editRefused(m rules.EditRefused) rules.Decision {
	return rules.Decision{}.With(rules.Release{Hold: m.Hold, Err: tooLate()})
}

// turnMoved records that a prompt was moved, and answers the command.
func (s *State) turnMoved(m rules.TurnMoved) rules.Decision {
	if err := s.requireActive(); err != nil {
		return rules.Decision{}.With(rules.Release{Hold: m.Move.Hold, Err: err})
	}
	queue := s.known(m.Queue)
	moved := rules.Event{
		Public:  &protocol.QueueChanged{Queue: queue, Participant: &m.Move.By},
		Private: rules.Private{Command: m.Move.Command, Caller: m.Move.Caller},
	}
	return rules.Decision{Events: []rules.Event{moved}}.With(rules.Release{Hold: m.Move.Hold, Answer: &protocol.QueueAnswer{Queue: queue}})
}

// queueReported records the queue if it is not the known one.
func (s *State) queueReported(m rules.QueueReported) rules.Decision {
	queue := s.known(m.Queue)
	if !s.Active() || slices.Equal(queue, s.Queue) {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.QueueChanged{Queue: queue}}}}
}

// known returns the places of the prompts that the session knows and that have not begun.
// A report can be ahead of the one that introduces a prompt.
func (s *State) known(queue []protocol.QueuedPrompt) []protocol.QueuedPrompt {
	known := make([]protocol.QueuedPrompt, 0, len(queue))
	for _, q := range queue {
		if o := s.OpenPrompt(q.ApprovalID); o != nil && o.Phase != phaseRunning {
			known = append(known, q)
		}
	}
	return known
}

// turnCancelling records that another prompt interrupts the running turn.
func (s *State) turnCancelling(m rules.TurnCancelling) rules.Decision {
	if m.Approval == "" {
		if s.OwnTurn == nil || s.OwnTurn.Cancelled {
			return rules.Decision{}
		}
		return rules.Decision{Events: []rules.Event{{Public: &protocol.AgentTurnCancelled{Participant: m.By}}}}
	}
	if o := s.OpenPrompt(m.Approval); o == nil || o.Cancelled {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptCancelled{ApprovalID: m.Approval, Participant: m.By}}}}
}

// turnEdited records that a prompt was withdrawn or replaced before it began, and answers
// the commands that wait for that. d confirms the end.
func (s *State) turnEdited(d rules.Decision, o *openApproval, edit *rules.TurnEdit) rules.Decision {
	id := o.Approval.ID
	if !o.Cancelled {
		d.Events = append(d.Events, rules.Event{Public: &protocol.PromptCancelled{ApprovalID: id, Participant: edit.By}})
	}
	ended := rules.Event{Public: &protocol.PromptDispatchFailed{ApprovalID: id, Error: rules.Cancelled}}
	release := rules.Release{
		Hold: holdEdit + id, Winner: edit.Waiter,
		Answer: &protocol.CancelAnswer{ApprovalID: id},
		Err:    protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "the prompt was already withdrawn or replaced"),
	}
	a := edit.Replacement
	if _, barred := s.Barred[edit.By.Person()]; a == nil || barred && !edit.InPlace() {
		ended.Private.Command, ended.Private.Caller = edit.Command, edit.Caller
		d.Events = append(d.Events, ended)
		return d.With(release)
	}
	release.Answer = &protocol.PromptAnswer{Status: a.Status, Approval: *a}
	next := s.proposal(edit.MessageID, *a, edit.By)
	if edit.InPlace() {
		// The host session has the turn. The answer to this message says how far it is.
		next = rules.Decision{
			Events:  []rules.Event{rules.PrimaryEvent(&protocol.PromptApproved{Approval: *a, Participant: edit.By})},
			Effects: []rules.Effect{s.sendHost(rules.Dispatch{Turn: s.Turn(*a, edit.By, edit.By)})},
		}
	}
	next.Events[0].Primary, next.Events[0].Private.Command, next.Events[0].Private.Caller = false, edit.Command, edit.Caller
	d.Events = append(d.Events, ended)
	return d.Then(next).With(release)
}

// wholeQueue returns the prompts that are with the agent or wait for it. It copies them,
// since the answer is encoded while the state changes.
func (s *State) wholeQueue(reader rules.Projection) *protocol.WholeQueueAnswer {
	answer := &protocol.WholeQueueAnswer{Queue: make([]protocol.QueueItem, 0, len(s.Queue))}
	itemOf := func(o *openApproval, ahead int) protocol.QueueItem {
		return protocol.QueueItem{Approval: *o.approvalFor(reader), Author: o.Author, Approver: o.Approver, Ahead: ahead}
	}
	for i := range s.Open {
		if s.Open[i].Phase == phaseRunning {
			answer.Running = new(itemOf(&s.Open[i], 0))
		}
	}
	for _, q := range s.Queue {
		if o := s.OpenPrompt(q.ApprovalID); o != nil {
			answer.Queue = append(answer.Queue, itemOf(o, q.Ahead))
		}
	}
	return answer
}
