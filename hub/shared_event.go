package hub

import (
	"parley/hub/journal"
	"parley/protocol"
)

// decodeShared returns the event that a record of a shared session holds.
func decodeShared(r journal.Record) (event, error) { return decodeEvent(r, protocol.DecodePayload) }

// participantIn returns the participant that an event is about.
func participantIn(e event) protocol.Participant {
	switch p := e.public.(type) {
	case *protocol.ParticipantJoined:
		return p.Participant
	case *protocol.ParticipantUpdated:
		return p.Participant
	case *protocol.ParticipantLeft:
		return p.Participant
	}
	return protocol.Participant{}
}

// eventsOf returns the numbers of the events from which approvalIn computes an
// approval.
func eventsOf(e journal.Entry) []journal.Seq {
	if e.Whole == e.Newest {
		return []journal.Seq{e.Whole}
	}
	return []journal.Seq{e.Whole, e.Newest}
}

// approvalIn returns an approval: whole is the last event that holds all of it,
// newest the last one about it, which may say that it failed.
func approvalIn(whole, newest event) (a protocol.Approval) {
	switch p := whole.public.(type) {
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

// deciderIn returns the participant who resolved an approval with an event; zero
// for an event that resolves none.
func deciderIn(e event) protocol.Participant {
	switch p := e.public.(type) {
	case *protocol.PromptApproved:
		return p.Participant
	case *protocol.PromptRejected:
		return p.Participant
	}
	return protocol.Participant{}
}

// messageIn returns the message that an event holds; nil for an event without one.
func messageIn(e event) *protocol.Message {
	if p, ok := e.public.(*protocol.MessageCreated); ok {
		return &p.Message
	}
	return e.private.Message
}
