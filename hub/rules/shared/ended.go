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
	requested  promptRequest
}

// promptRequest is what a command asks for about a prompt.
type promptRequest string

const (
	askedToResolve promptRequest = "resolve"
	askedToCancel  promptRequest = "cancel"
	askedToShow    promptRequest = "show"
)

// notOpen refuses a command about a prompt that is not open.
func notOpen(approvalID string, asked promptRequest) rules.Decision {
	if approvalID == "" || len(approvalID) > maxSubjectID {
		return rules.Decision{Err: ApprovalNotFound()}
	}
	return rules.Decision{Answer: EndedPrompt{approvalID, asked}}
}

// Err returns the error for a prompt that has ended.
func (p EndedPrompt) Err(a protocol.Approval, decider protocol.Participant) error {
	switch p.requested {
	case askedToCancel:
		return protocol.Errorf(protocol.CodeNothingToCancel, "the prompt is done already")
	case askedToShow:
		return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s; its events have it whole", howResolved(a, decider))
	}
	return alreadyResolved(a, decider)
}

func ApprovalNotFound() error {
	return protocol.Errorf(protocol.CodeApprovalNotFound, "no such approval in this session")
}

func alreadyResolved(a protocol.Approval, decider protocol.Participant) error {
	return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s", howResolved(a, decider))
}

// howResolved says how a prompt was resolved, by whom, and when.
func howResolved(a protocol.Approval, decider protocol.Participant) string {
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
