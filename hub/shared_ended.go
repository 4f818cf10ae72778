package hub

import (
	"errors"
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// endedPrompt stands for the error about a prompt that is not open. It is done, and
// then in the journal alone, or there never was one of that id.
type endedPrompt struct {
	approvalID string
	refusal    func(a protocol.Approval, decider protocol.Participant) error // if it is done
}

// notOpen has a command about a prompt that is not open refused.
func notOpen(approvalID string, refusal func(protocol.Approval, protocol.Participant) error) decision {
	if approvalID == "" || len(approvalID) > maxSubjectID {
		return decision{err: approvalNotFound()}
	}
	return decision{answer: endedPrompt{approvalID, refusal}}
}

// read is a deferred, which always ends in an error.
func (p endedPrompt) read(r reader) (any, error) {
	of, err := r.journal.Entry(r.ctx, r.session, journal.SubjectApproval, p.approvalID)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, approvalNotFound()
	}
	if err != nil {
		return nil, err
	}
	events, err := r.events(eventsOf(of))
	if err != nil {
		return nil, err
	}
	shown := events[of.Whole]
	return nil, p.refusal(approvalIn(shown, events[of.Newest]), deciderIn(shown))
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
