package shared

import (
	"fmt"
	"slices"
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// item returns a pending prompt or permission request whole. A welcome may have only
// the beginning of a long one.
func (s *State) item(c *protocol.Item) rules.Decision {
	if c.RequestID != "" {
		return s.wholePermission(c.RequestID)
	}
	if o := s.OpenPrompt(c.ApprovalID); o != nil {
		whole := o.Approval // a copy, since the answer is encoded while the state changes
		return rules.Decision{Answer: &protocol.ItemAnswer{Approval: &whole}}
	}
	return notOpen(c.ApprovalID, requestItem)
}

func (s *State) wholePermission(requestID string) rules.Decision {
	if p := s.permission(requestID); p != nil {
		whole := p.Permission
		return rules.Decision{Answer: &protocol.ItemAnswer{Permission: &whole}}
	}
	if slices.Contains(s.ResolvedPermissions, requestID) {
		return rules.Refuse(protocol.CodePermissionAlreadyResolved, "the request was answered already")
	}
	return rules.Refuse(protocol.CodePermissionNotFound, "no such request waits for an answer")
}

// EndedPrompt is the answer to a command about a prompt that is not open: an
// error. The prompt has ended, and only the journal still has it, or no prompt
// ever had that id.
type EndedPrompt struct {
	ApprovalID string
	requested  endedRequest
}

// endedRequest is what a command asks for about a prompt.
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

// Err returns the error for a prompt that has ended.
func (p EndedPrompt) Err(a protocol.Approval, decider protocol.Participant) error {
	switch p.requested {
	case requestCancel:
		return protocol.Errorf(protocol.CodeNothingToCancel, "the prompt is done already")
	case requestItem:
		return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s; its events have it whole", describeResolution(a, decider))
	}
	return alreadyResolved(a, decider)
}

func ApprovalNotFound() error {
	return protocol.Errorf(protocol.CodeApprovalNotFound, "no such approval in this session")
}

func alreadyResolved(a protocol.Approval, decider protocol.Participant) error {
	return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s", describeResolution(a, decider))
}

// describeResolution says how a prompt was resolved, by whom, and when.
func describeResolution(a protocol.Approval, decider protocol.Participant) string {
	how := fmt.Sprintf("the prompt is %s already", a.Status)
	if decider.ID == "" || a.ResolvedAt == nil {
		return how
	}
	decided := protocol.ApprovalApproved
	if a.Status == protocol.ApprovalRejected {
		decided = a.Status
	}
	return fmt.Sprintf("%s: %s %s it at %s", how, decider.Name(), decided, a.ResolvedAt.Format(time.RFC3339))
}
