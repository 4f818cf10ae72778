package shared

import (
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// DecodeEvent returns the event that a record of a shared session holds.
func DecodeEvent(r journal.Record) (rules.Event, error) {
	return rules.DecodeEvent(r, protocol.DecodePayload)
}

// DecodeFor returns the event that a record of a shared session holds, as a reader sees it.
// shown is false if the event is not for that reader.
func DecodeFor(r journal.Record, reader rules.Projection) (e rules.Event, shown bool, err error) {
	if e, err = DecodeEvent(r); err != nil {
		return e, false, err
	}
	shown = r.Seq >= reader.From && rules.AudienceOf(e.Public.EventType()).Includes(reader, e.Private.To)
	e, err = EventFor(e, reader)
	return e, shown, err
}

// EventFor returns an event with its texts as a reader sees them.
func EventFor(e rules.Event, reader rules.Projection) (rules.Event, error) {
	if reader.Whole || e.Private.Mask == nil {
		return e, nil
	}
	e, err := e.Masked()
	if p, ok := e.Public.(*protocol.PromptPendingApproval); ok && e.Private.Message != nil {
		m := *e.Private.Message
		m.Text, m.Content = p.Approval.Prompt, p.Approval.Content
		e.Private.Message = &m
	}
	return e, err
}

// ParticipantOf returns the participant that an event is about; zero for other events.
func ParticipantOf(e rules.Event) protocol.Participant {
	switch p := e.Public.(type) {
	case *protocol.ParticipantJoined:
		return p.Participant
	case *protocol.ParticipantUpdated:
		return p.Participant
	case *protocol.ParticipantLeft:
		return p.Participant
	}
	return protocol.Participant{}
}

// ApprovalEvents returns the numbers of the events from which [ApprovalOf] computes an
// approval, given its entry in the journal's index.
func ApprovalEvents(e journal.Entry) []journal.Seq {
	if e.Whole == e.Newest {
		return []journal.Seq{e.Whole}
	}
	return []journal.Seq{e.Whole, e.Newest}
}

// ApprovalOf returns an approval. whole is the newest event that holds all of it; newest is
// the newest event about it, which may report that it failed.
func ApprovalOf(whole, newest rules.Event) (a protocol.Approval) {
	switch p := whole.Public.(type) {
	case *protocol.PromptPendingApproval:
		a = p.Approval
	case *protocol.PromptApproved:
		a = p.Approval
	case *protocol.PromptRejected:
		a = p.Approval
	}
	if p, failed := newest.Public.(*protocol.PromptDispatchFailed); failed {
		a.Status, a.ErrorMessage = protocol.ApprovalFailed, &p.Error
	}
	return a
}

// ResolverOf returns the participant who resolved an approval in an event; zero for an
// event that resolves none.
func ResolverOf(e rules.Event) protocol.Participant {
	switch p := e.Public.(type) {
	case *protocol.PromptApproved:
		return p.Participant
	case *protocol.PromptRejected:
		return p.Participant
	}
	return protocol.Participant{}
}

// MessageOf returns the message that an event holds; nil for an event without one.
func MessageOf(e rules.Event) *protocol.Message {
	if p, ok := e.Public.(*protocol.MessageCreated); ok {
		return &p.Message
	}
	return e.Private.Message
}
