package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// endedPrompt is the answer to a command about a prompt that is not open: an
// error. The prompt has ended, and only the journal still has it, or no prompt
// ever had that id.
type endedPrompt struct {
	approvalID string
	asked      promptRequest
}

// promptRequest is what a command asks for about a prompt.
type promptRequest string

const (
	askedToResolve promptRequest = "resolve"
	askedToCancel  promptRequest = "cancel"
	askedToShow    promptRequest = "show"
)

// notOpen refuses a command about a prompt that is not open.
func notOpen(approvalID string, asked promptRequest) decision {
	if approvalID == "" || len(approvalID) > maxSubjectID {
		return decision{err: approvalNotFound()}
	}
	return decision{answer: endedPrompt{approvalID, asked}}
}

// Read implements [history.Deferred]. It always returns an error.
func (p endedPrompt) Read(ctx context.Context, r history.Reader) (any, error) {
	of, err := r.Journal.Entry(ctx, r.Session, journal.SubjectApproval, p.approvalID)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, approvalNotFound()
	}
	if err != nil {
		return nil, err
	}
	events, err := readEvents(ctx, r, eventsOf(of))
	if err != nil {
		return nil, err
	}
	shown := events[of.Whole]
	return nil, p.refusal(approvalIn(shown, events[of.Newest]), deciderIn(shown))
}

// refusal returns the error for a prompt that has ended.
func (p endedPrompt) refusal(a protocol.Approval, decider protocol.Participant) error {
	switch p.asked {
	case askedToCancel:
		return protocol.Errorf(protocol.CodeNothingToCancel, "the prompt is done already")
	case askedToShow:
		return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s; its events have it whole", howResolved(a, decider))
	}
	return alreadyResolved(a, decider)
}

func approvalNotFound() error {
	return protocol.Errorf(protocol.CodeApprovalNotFound, "no such approval in this session")
}

func alreadyResolved(a protocol.Approval, decider protocol.Participant) error {
	return protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "%s", howResolved(a, decider))
}

// howResolved says what became of a prompt, who decided on it, and when.
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

// eventsOf are the numbers of the events that an approval is made of by approvalIn.
func eventsOf(e journal.Entry) []journal.Seq {
	if e.Whole == e.Newest {
		return []journal.Seq{e.Whole}
	}
	return []journal.Seq{e.Whole, e.Newest}
}

// approvalIn is an approval as an event shows it whole, and as it ended if the
// newest event about it says that it failed.
func approvalIn(shown, newest event) (a protocol.Approval) {
	switch p := shown.public.(type) {
	case *protocol.PromptPendingApproval:
		a = p.Approval
	case *protocol.PromptApproved:
		a = p.Approval
	case *protocol.PromptRejected:
		a = p.Approval
	}
	if p, failed := newest.public.(*protocol.PromptDispatchFailed); failed {
		a.Status, a.ErrorMessage = protocol.ApprovalFailed, &p.Error
	}
	return a
}

// deciderIn returns the participant who decided on a prompt by an event; zero for
// an event that is no decision.
func deciderIn(e event) protocol.Participant {
	switch p := e.public.(type) {
	case *protocol.PromptApproved:
		return p.Participant
	case *protocol.PromptRejected:
		return p.Participant
	}
	return protocol.Participant{}
}
