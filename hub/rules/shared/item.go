package shared

import (
	"fmt"
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// item returns the whole of an open prompt or question. A welcome may hold only the
// beginning of a long one.
func (s *State) item(c *protocol.Item, p protocol.Participant) rules.Decision {
	if c.RequestID != "" {
		return s.wholeQuestion(c.RequestID, p)
	}
	if o := s.OpenPrompt(c.ApprovalID); o != nil {
		reader := s.ProjectionOf(p)
		reader.Whole = reader.Whole || p.ID == o.Approval.ParticipantID // the author has written it
		whole := *o.approvalFor(reader)                                 // a copy, since the answer is encoded while the state changes
		return rules.Decision{Answer: &protocol.ItemAnswer{Approval: &whole}}
	}
	return notOpen(c.ApprovalID, requestItem)
}

// wholeQuestion returns the whole of an open question, or the answer to an elicitation.
func (s *State) wholeQuestion(requestID string, p protocol.Participant) rules.Decision {
	reader := s.ProjectionOf(p)
	if p := s.Permission(requestID); p != nil {
		whole := p.For(reader).Permission
		return rules.Decision{Answer: &protocol.ItemAnswer{Permission: &whole}}
	}
	if a := s.AnswerTo(requestID); a != nil {
		return readAnswer(a, p)
	}
	if e := s.Elicitation(requestID); e != nil {
		whole := e.For(reader).Elicitation
		return rules.Decision{Answer: &protocol.ItemAnswer{Elicitation: &whole}}
	}
	if s.IsResolved(requestID) {
		return rules.Refuse(protocol.CodePermissionAlreadyResolved, "the request was answered already")
	}
	return rules.Refuse(protocol.CodePermissionNotFound, "no such permission request waits for an answer")
}

// EndedPrompt is the answer to a command about a prompt that is not open. It stands for an
// error: the prompt has ended and is in the journal alone, or no prompt ever had that id.
type EndedPrompt struct {
	ApprovalID string
	requested  endedRequest
}

// endedRequest is what a command about a prompt asks for.
type endedRequest string

const (
	requestResolve endedRequest = "resolve"
	requestCancel  endedRequest = "cancel"
	requestItem    endedRequest = "show"
)

// notOpen refuses a command about a prompt that is not open.
func notOpen(approvalID string, requested endedRequest) rules.Decision {
	if approvalID == "" || len(approvalID) > maxSubjectID {
		return rules.Decision{Err: ApprovalNotFound()}
	}
	return rules.Decision{Answer: EndedPrompt{approvalID, requested}}
}

// Err returns the error of the command, given the approval and the participant who
// resolved it; the latter is zero if there is none.
func (p EndedPrompt) Err(a protocol.Approval, resolver protocol.Participant) error {
	switch p.requested {
	case requestCancel:
		return protocol.Errorf(protocol.CodeNothingToCancel, "the prompt has already ended")
	case requestItem:
		return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s; its events hold the whole text", describeResolution(a, resolver))
	}
	return alreadyResolved(a, resolver)
}

// ApprovalNotFound returns the error for an id that no prompt ever had.
func ApprovalNotFound() error {
	return protocol.Errorf(protocol.CodeApprovalNotFound, "no such approval in this session")
}

// alreadyResolved returns the error for a prompt that was resolved before.
func alreadyResolved(a protocol.Approval, resolver protocol.Participant) error {
	return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s", describeResolution(a, resolver))
}

// describeResolution describes how a prompt was resolved, by which participant, and when.
func describeResolution(a protocol.Approval, resolver protocol.Participant) string {
	how := fmt.Sprintf("the prompt is already %s", a.Status)
	if resolver.ID == "" || a.ResolvedAt == nil {
		return how
	}
	decided := protocol.ApprovalApproved
	if a.Status == protocol.ApprovalRejected {
		decided = a.Status
	}
	return fmt.Sprintf("%s: %s %s it at %s", how, resolver.Name(), decided, a.ResolvedAt.Format(time.RFC3339))
}
