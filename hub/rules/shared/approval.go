package shared

import (
	"time"

	"parley/hub/rules"
	"parley/hub/rules/shared/brief"
	"parley/protocol"
)

// prompt proposes a prompt or dispatches it at once, depending on the author's right.
func (s *State) prompt(in rules.Input, command Command, c *protocol.Prompt, p protocol.Participant) rules.Decision {
	right := s.rightsOf(p).Prompt
	if right == rules.PromptDenied {
		return rules.Refuse(protocol.CodePromptNotAllowed, "a %s cannot prompt while the mode is %s", p.Role, s.Session.Mode)
	}
	if err := checkExpectation(c.As, right); err != nil {
		return rules.Decision{Err: err}
	}
	if c.When == protocol.WhenInterrupt && right == rules.PromptDirect && p.Role != protocol.RoleHost {
		return rules.Refuse(protocol.CodeHostRequired, "only the host can interrupt a turn")
	}
	content, err := s.content(command)
	if err == nil {
		err = s.checkSupport(content)
	}
	if err != nil {
		return rules.Decision{Err: err}
	}
	a := protocol.Approval{
		ID:              in.IDs[0],
		SharedSessionID: s.ID.String(),
		ParticipantID:   p.ID,
		Prompt:          protocol.NameContent(c.Prompt, content),
		Status:          protocol.ApprovalPending,
		CreatedAt:       in.At,
		Content:         content,
		When:            c.When,
	}
	if right == rules.PromptDirect {
		return s.dispatch(in, a, p)
	}
	if err := s.checkPendingLimits(in, p, a, nil); err != nil {
		return rules.Decision{Err: err}
	}
	return s.proposal(in.IDs[1], a, p)
}

// checkExpectation returns PROMPT_NOT_AS_EXPECTED if the prompt would become a proposal
// where its author expected it to run, or the reverse.
func checkExpectation(as protocol.PromptAs, right rules.PromptRight) error {
	switch {
	case as == protocol.PromptAsProposal && right == rules.PromptDirect:
		return protocol.Errorf(protocol.CodePromptNotAsExpected, "the prompt was written as a proposal and would run without an approval now; it was not sent")
	case as == protocol.PromptAsDirect && right == rules.PromptNeedsApproval:
		return protocol.Errorf(protocol.CodePromptNotAsExpected, "the prompt was written to run at once and would wait for an approval now; it was not sent")
	}
	return nil
}

// proposal records a pending approval. The message that shows the prompt in the list of
// messages is stored in the same event.
func (s *State) proposal(messageID string, a protocol.Approval, p protocol.Participant) rules.Decision {
	m := protocol.Message{
		ID:              messageID,
		SharedSessionID: a.SharedSessionID,
		ParticipantID:   p.ID,
		AuthorUserID:    p.UserID,
		Kind:            protocol.MessagePrompt,
		Text:            a.Prompt,
		Content:         a.Content,
		CreatedAt:       a.CreatedAt,
		ApprovalID:      &a.ID,
	}
	proposed := rules.PrimaryEvent(&protocol.PromptPendingApproval{Approval: a, Participant: p})
	proposed.Private.Message = &m
	return rules.Decision{Events: []rules.Event{proposed}}
}

// checkPendingLimits returns TOO_MANY_PENDING if one more pending prompt would exceed a
// limit, in number or in bytes. The prompt that it replaces does not count; nil for none.
func (s *State) checkPendingLimits(in rules.Input, p protocol.Participant, a protocol.Approval, replaced *openApproval) error {
	var all, own pendingTotal
	for i := range s.Open {
		o := &s.Open[i]
		if o.Phase != phasePending || o == replaced {
			continue
		}
		all.add(o.Approval)
		if o.Approval.ParticipantID == p.ID {
			own.add(o.Approval)
		}
	}
	if tooManyOwn := own.number >= s.settings.MaxOwnPending; tooManyOwn || all.number >= s.settings.MaxPending {
		by := protocol.LimitPending
		if tooManyOwn {
			by = protocol.LimitOwnPending
		}
		return protocol.Errorf(protocol.CodeTooManyPending, "%d of your prompts and %d in total already wait for the host", own.number, all.number).By(by)
	}
	size := brief.PromptSize(a)
	if size > SmallPrompt && (own.bytes+size > s.settings.MaxOwnPendingBytes || all.bytes+size > s.settings.MaxPendingBytes) {
		return protocol.Errorf(protocol.CodeTooManyPending, "the prompts that wait for the host leave no room for another one of %d bytes", promptSize(a)).By(protocol.LimitPendingBytes)
	}
	if in.OverBudget && !s.mayAcceptOverBudget(a) {
		return overBudget(protocol.CodeTooManyPending)
	}
	return nil
}

// mayAcceptOverBudget reports whether the session accepts a prompt although all sessions
// together hold the maximum. A session without prompts accepts a short one, so that other
// sessions cannot block it.
func (s *State) mayAcceptOverBudget(a protocol.Approval) bool {
	return promptSize(a) <= SmallPrompt && len(s.Open) == 0
}

// mayDispatchOverBudget reports whether a prompt may be dispatched although all sessions
// together hold the maximum. The host can always approve a pending prompt unchanged,
// shortened, or replaced by a short one.
func (s *State) mayDispatchOverBudget(a protocol.Approval) bool {
	if o := s.OpenPrompt(a.ID); o != nil {
		return promptSize(a) <= max(SmallPrompt, promptSize(o.Approval))
	}
	return s.mayAcceptOverBudget(a)
}

// overBudget returns the error for a prompt for which all sessions together have no room.
func overBudget(code protocol.Code) error {
	return protocol.Errorf(code, "too many long prompts wait on this server; send a shorter one, or try again when some of them have ended").By(protocol.LimitPrompts)
}

// SmallPrompt is the size in bytes up to which the limits on bytes do not apply, so that
// a few long prompts do not block short ones.
const SmallPrompt = 4 << 10

// promptSize returns the size of a prompt with its content in bytes.
func promptSize(a protocol.Approval) int { return len(a.Prompt) + rules.ContentBytes(a.Content) }

// pendingTotal is the size of a set of pending prompts.
type pendingTotal struct {
	number int
	bytes  int // encoded as JSON
}

func (w *pendingTotal) add(a protocol.Approval) {
	w.number++
	w.bytes += brief.PromptSize(a)
}

// dispatch approves a prompt and sends it to the host session. It returns QUEUE_FULL if
// too many prompts are in flight.
func (s *State) dispatch(in rules.Input, a protocol.Approval, approver protocol.Participant) rules.Decision {
	if len(s.InFlight()) >= s.settings.MaxQueued {
		return rules.Decision{Err: protocol.Errorf(protocol.CodeQueueFull, "%d prompts already wait for the agent", s.settings.MaxQueued).By(protocol.LimitQueue)}
	}
	if in.OverBudget && !s.mayDispatchOverBudget(a) {
		return rules.Decision{Err: overBudget(protocol.CodeQueueFull)}
	}
	a.Status = protocol.ApprovalApproved
	a.ResolvedAt, a.ResolvedByParticipantID = new(in.At), &approver.ID
	author := approver
	if o := s.OpenPrompt(a.ID); o != nil {
		author = o.Author
	}
	return rules.Decision{
		Events:  []rules.Event{rules.PrimaryEvent(&protocol.PromptApproved{Approval: a, Participant: approver})},
		Effects: []rules.Effect{s.sendHost(rules.Dispatch{Turn: s.Turn(a, author, approver)})},
	}
}

// Turn returns the prompt in the form in which the host session queues it.
func (s *State) Turn(a protocol.Approval, author, approver protocol.Participant) rules.Turn {
	return rules.Turn{
		Approval: a.ID, Shared: s.ID, Prompt: a.Prompt, Content: a.Content, Author: author, Approver: approver,
		When: a.When, Prefix: s.Session.Attribution == protocol.AttributionPrefix, Replaces: a.Replaces,
	}
}

// turnOf returns the turn of a prompt that was sent to the host session.
func (s *State) turnOf(o *openApproval) rules.Turn { return s.Turn(o.Approval, o.Author, o.Approver) }

// approve resolves a pending prompt: it rejects it, or dispatches it as it is or edited.
func (s *State) approve(in rules.Input, c *protocol.Approve, host protocol.Participant) rules.Decision {
	o := s.OpenPrompt(c.ApprovalID)
	switch {
	case o == nil:
		return notOpen(c.ApprovalID, requestResolve)
	case o.Phase != phasePending:
		return rules.Decision{Err: alreadyResolved(o.Approval, o.Approver)}
	case !s.seesWhole(host, o.Masked != nil):
		return isMasked()
	}
	a := o.Approval
	if c.Action == protocol.ActionReject {
		return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(rejection(a, host, deref(c.Reason), in.At))}}
	}
	if err := s.checkSupport(a.Content); err != nil {
		return rules.Decision{Err: err}
	}
	if c.Prompt != nil {
		if edited := protocol.NameContent(*c.Prompt, a.Content); edited != a.Prompt {
			original := a.Prompt
			a.OriginalPrompt, a.Prompt = &original, edited
		}
	}
	if c.Reason != nil && *c.Reason != "" {
		a.Reason = c.Reason
	}
	return s.dispatch(in, a, host)
}

// seesWhole reports whether a participant sees all of an item. Nobody decides on one of which
// secrets are masked.
func (s *State) seesWhole(p protocol.Participant, hides bool) bool {
	return !hides || s.ProjectionOf(p).Whole
}

func isMasked() rules.Decision {
	return rules.Refuse(protocol.CodeRedacted, "a secret in it is masked for you; only those who see it whole can decide on it")
}

// rejection returns the event that rejects a prompt.
func rejection(a protocol.Approval, by protocol.Participant, reason string, at time.Time) *protocol.PromptRejected {
	a.Status = protocol.ApprovalRejected
	a.ResolvedAt, a.ResolvedByParticipantID = &at, &by.ID
	if reason != "" {
		a.Reason = &reason
	}
	return &protocol.PromptRejected{Approval: a, Participant: by}
}

// cancel ends a prompt that is not done; without an id, the running one. A pending prompt
// ends at once. The host session reports the end of any other.
func (s *State) cancel(c *protocol.Cancel, p protocol.Participant) rules.Decision {
	o := s.promptToCancel(c)
	switch {
	case o == nil && c.ApprovalID == "" && s.OwnTurn != nil:
		return s.cancelOwnTurn(p)
	case o == nil && c.ApprovalID == "":
		return rules.Refuse(protocol.CodeNothingToCancel, "no prompt of this session is running")
	case o == nil:
		return notOpen(c.ApprovalID, requestCancel)
	}
	if p.Role != protocol.RoleHost && p.ID != o.Approval.ParticipantID {
		return rules.Refuse(protocol.CodeHostRequired, "only the author and the host can cancel a prompt")
	}
	if o.Cancelled {
		return rules.Decision{Answer: &protocol.CancelAnswer{ApprovalID: o.Approval.ID}}
	}
	d := rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.PromptCancelled{ApprovalID: o.Approval.ID, Participant: p})}}
	if o.Phase == phasePending {
		d.Events = append(d.Events, rules.Event{Public: &protocol.PromptDispatchFailed{ApprovalID: o.Approval.ID, Error: rules.Cancelled}})
	} else {
		d.Effects = []rules.Effect{s.sendHost(rules.CancelTurn{Approval: o.Approval.ID, Failure: rules.Cancelled})}
	}
	return d
}

// promptToCancel returns the prompt that a command refers to: without an id, the running
// one. It returns nil if that prompt is not open.
func (s *State) promptToCancel(c *protocol.Cancel) *openApproval {
	if c.ApprovalID != "" {
		return s.OpenPrompt(c.ApprovalID)
	}
	for i := range s.Open {
		if s.Open[i].Phase == phaseRunning {
			return &s.Open[i]
		}
	}
	return nil
}

// deref returns the string that s points to; empty for nil.
func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
