package shared

import (
	"fmt"
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

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
