package hub

import (
	"time"

	"parley/protocol"
)

// prompt makes a pending approval of a prompt or dispatches it at once, depending on
// the author's right.
func (s *sharedState) prompt(in input, c *protocol.Prompt, p protocol.Participant) decision {
	right := s.rightsOf(p).prompt
	if right == promptNever {
		return refuse(protocol.CodePromptNotAllowed, "a %s cannot prompt while the mode is %s", p.Role, s.Session.Mode)
	}
	if err := asExpected(c.As, right); err != nil {
		return decision{err: err}
	}
	a := protocol.Approval{
		ID:              in.ids[0],
		SharedSessionID: s.ID.String(),
		ParticipantID:   p.ID,
		Prompt:          c.Prompt,
		Status:          protocol.ApprovalPending,
		CreatedAt:       in.at,
	}
	if right == promptDirect {
		return s.dispatch(in, a, p)
	}
	return s.propose(in, a, p)
}

// asExpected returns PROMPT_NOT_AS_EXPECTED if the prompt would become a proposal
// where its author expected it to run, or the reverse.
func asExpected(as protocol.PromptAs, right promptRight) error {
	switch {
	case as == protocol.PromptAsProposal && right == promptDirect:
		return protocol.Errorf(protocol.CodePromptNotAsExpected, "the prompt was written as a proposal and would run without an approval now; it was not sent")
	case as == protocol.PromptAsDirect && right == promptPropose:
		return protocol.Errorf(protocol.CodePromptNotAsExpected, "the prompt was written to run at once and would wait for an approval now; it was not sent")
	}
	return nil
}

// propose records a pending approval together with its message, which has no event
// of its own.
func (s *sharedState) propose(in input, a protocol.Approval, p protocol.Participant) decision {
	if err := s.roomToPropose(in, p, a.Prompt); err != nil {
		return decision{err: err}
	}
	m := protocol.Message{
		ID:              in.ids[1],
		SharedSessionID: a.SharedSessionID,
		ParticipantID:   p.ID,
		AuthorUserID:    p.UserID,
		Kind:            protocol.MessagePrompt,
		Text:            a.Prompt,
		CreatedAt:       in.at,
		ApprovalID:      &a.ID,
	}
	proposed := primaryEvent(&protocol.PromptPendingApproval{Approval: a, Participant: p})
	proposed.private.Message = &m
	return decision{events: []event{proposed}}
}

// roomToPropose checks the limits on pending prompts, in number and in bytes.
func (s *sharedState) roomToPropose(in input, p protocol.Participant, prompt string) error {
	var all, own waiting
	for _, o := range s.Open {
		if o.Phase != phasePending {
			continue
		}
		all.add(o.Approval.Prompt)
		if o.Approval.ParticipantID == p.ID {
			own.add(o.Approval.Prompt)
		}
	}
	if own.number >= s.settings.MaxOwnPending || all.number >= s.settings.MaxPending {
		return protocol.Errorf(protocol.CodeTooManyPending, "%d of your prompts and %d in all wait for the host already", own.number, all.number)
	}
	size := encodedSize(prompt)
	if size > smallPrompt && (own.bytes+size > s.settings.MaxOwnPendingBytes || all.bytes+size > s.settings.MaxPendingBytes) {
		return protocol.Errorf(protocol.CodeTooManyPending, "the prompts that wait for the host are too long for another one of %d bytes", len(prompt))
	}
	if in.overBudget && !s.takesOne(prompt) {
		return overBudget(protocol.CodeTooManyPending)
	}
	return nil
}

// takesOne reports whether a session accepts a prompt although all sessions together
// hold as much as they may. One without prompts accepts a short one, so that other
// sessions cannot keep it from prompting.
func (s *sharedState) takesOne(prompt string) bool {
	return len(prompt) <= smallPrompt && len(s.Open) == 0
}

// takesOver reports whether a prompt may be dispatched although all sessions together
// hold as much as they may. The host can always approve a pending prompt unchanged,
// made shorter, or replaced by a short one.
func (s *sharedState) takesOver(a protocol.Approval) bool {
	if o := s.open(a.ID); o != nil {
		return len(a.Prompt) <= max(smallPrompt, len(o.Approval.Prompt))
	}
	return s.takesOne(a.Prompt)
}

// overBudget returns the error for a prompt that does not fit into what all sessions
// together may hold.
func overBudget(code protocol.Code) error {
	return protocol.Errorf(code, "too many long prompts wait on this server; send a shorter one, or try again when some of them are done")
}

// smallPrompt is the size in bytes up to which the limits on bytes do not apply, so
// that a few long prompts do not block short ones.
const smallPrompt = 4 << 10

// waiting counts pending prompts.
type waiting struct {
	number int
	bytes  int // encoded as JSON
}

func (w *waiting) add(prompt string) {
	w.number++
	w.bytes += encodedSize(prompt)
}

// encodedSize returns about how many bytes a text takes in JSON.
func encodedSize(text string) int {
	size := len(text)
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\n', c == '\t', c == '\r', c == '"', c == '\\':
			size++
		case c < ' ':
			size += len(`\u0000`) - 1
		}
	}
	return size
}

// dispatch approves a prompt and sends it to the host session.
func (s *sharedState) dispatch(in input, a protocol.Approval, approver protocol.Participant) decision {
	if len(s.inFlight()) >= s.settings.MaxQueued {
		return refuse(protocol.CodeQueueFull, "%d prompts wait for the agent already", s.settings.MaxQueued)
	}
	if in.overBudget && !s.takesOver(a) {
		return decision{err: overBudget(protocol.CodeQueueFull)}
	}
	a.Status = protocol.ApprovalApproved
	a.ResolvedAt, a.ResolvedByParticipantID = new(in.at), &approver.ID
	author := approver
	if o := s.open(a.ID); o != nil {
		author = o.Author
	}
	return decision{
		events:  []event{primaryEvent(&protocol.PromptApproved{Approval: a, Participant: approver})},
		effects: []effect{s.tellHost(dispatch{s.turn(a, author, approver)})},
	}
}

// turn returns the prompt in the form in which the host session queues it.
func (s *sharedState) turn(a protocol.Approval, author, approver protocol.Participant) turn {
	return turn{Approval: a.ID, Shared: s.ID, Prompt: a.Prompt, Author: author, Approver: approver}
}

func (s *sharedState) approve(in input, c *protocol.Approve, host protocol.Participant) decision {
	o := s.open(c.ApprovalID)
	switch {
	case o == nil:
		return notOpen(c.ApprovalID, askedToResolve)
	case o.Phase != phasePending:
		return decision{err: alreadyResolved(o.Approval, o.Approver)}
	}
	a := o.Approval
	if c.Action == protocol.ActionReject {
		return decision{events: []event{primaryEvent(rejected(a, host, deref(c.Reason), in.at))}}
	}
	if c.Prompt != nil && *c.Prompt != a.Prompt {
		original := a.Prompt
		a.OriginalPrompt, a.Prompt = &original, *c.Prompt
	}
	if c.Reason != nil && *c.Reason != "" {
		a.Reason = c.Reason
	}
	return s.dispatch(in, a, host)
}

func rejected(a protocol.Approval, by protocol.Participant, reason string, at time.Time) *protocol.PromptRejected {
	a.Status = protocol.ApprovalRejected
	a.ResolvedAt, a.ResolvedByParticipantID = &at, &by.ID
	if reason != "" {
		a.Reason = &reason
	}
	return &protocol.PromptRejected{Approval: a, Participant: by}
}

// cancel ends a prompt that is not done; without an id, the running one. A pending
// prompt ends at once. The end of any other is reported by the host session.
func (s *sharedState) cancel(c *protocol.Cancel, p protocol.Participant) decision {
	o := s.toCancel(c)
	switch {
	case o == nil && c.ApprovalID == "":
		return refuse(protocol.CodeNothingToCancel, "no prompt of this session is running")
	case o == nil:
		return notOpen(c.ApprovalID, askedToCancel)
	}
	if p.Role != protocol.RoleHost && p.ID != o.Approval.ParticipantID {
		return refuse(protocol.CodeHostRequired, "only the author and the host can cancel a prompt")
	}
	if o.Cancelled {
		return decision{answer: &protocol.CancelAnswer{ApprovalID: o.Approval.ID}}
	}
	d := decision{events: []event{primaryEvent(&protocol.PromptCancelled{ApprovalID: o.Approval.ID, Participant: p})}}
	if o.Phase == phasePending {
		d.events = append(d.events, event{public: &protocol.PromptDispatchFailed{ApprovalID: o.Approval.ID, Error: cancelled}})
	} else {
		d.effects = []effect{s.tellHost(cancelTurn{o.Approval.ID, cancelled})}
	}
	return d
}

// toCancel returns the prompt that a command refers to: without an id, the running
// one. It returns nil if that prompt is not open.
func (s *sharedState) toCancel(c *protocol.Cancel) *openApproval {
	if c.ApprovalID != "" {
		return s.open(c.ApprovalID)
	}
	for i := range s.Open {
		if s.Open[i].Phase == phaseRunning {
			return &s.Open[i]
		}
	}
	return nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
