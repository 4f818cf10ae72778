package journal

import (
	"encoding/json"

	"parley/protocol"
)

// IsListed reports whether a journal indexes an event by its type: those that can
// leave a message.
func IsListed(eventType string) bool {
	switch protocol.EventType(eventType) {
	case protocol.EventMessageCreated, protocol.EventPromptPendingApproval:
		return true
	}
	return false
}

// Subject is a kind of thing that a journal indexes the events about.
type Subject string

// What a journal indexes beside messages.
const (
	SubjectParticipant Subject = "participant"
	SubjectApproval    Subject = "approval"
)

// Entry is a participant or an approval as a journal indexes the events that are
// about it.
type Entry struct {
	ID     string // the participant's or the approval's
	First  Seq    // the first event that is about it
	Whole  Seq    // the newest one that shows it whole; 0 if none does
	Newest Seq    // the newest one
}

// Add notes a newer event that is about the same.
func (e *Entry) Add(seq Seq, whole bool) {
	e.Newest = seq
	if whole {
		e.Whole = seq
	}
}

// About is what one event is about.
type About struct {
	Subject Subject
	ID      string
	Whole   bool // the event shows it whole
}

// AboutOf returns which participant or approval an event is about. Events that only
// tell how far a prompt has come are about none. ok is false when there is nothing to
// index.
func AboutOf(r *Record) (about About, ok bool) {
	var shown struct {
		Participant struct {
			ID string `json:"id"`
		} `json:"participant"`
		Approval struct {
			ID string `json:"id"`
		} `json:"approval"`
		ApprovalID string `json:"approvalId"`
	}
	read := func() bool { return json.Unmarshal(r.Public, &shown) == nil } // whoever reads the event reports the error
	switch protocol.EventType(r.Type) {
	case protocol.EventParticipantJoined, protocol.EventParticipantUpdated, protocol.EventParticipantLeft:
		ok = read()
		about = About{SubjectParticipant, shown.Participant.ID, true}
	case protocol.EventPromptPendingApproval, protocol.EventPromptApproved, protocol.EventPromptRejected:
		ok = read()
		about = About{SubjectApproval, shown.Approval.ID, true}
	case protocol.EventPromptDispatchFailed:
		ok = read()
		about = About{SubjectApproval, shown.ApprovalID, false}
	}
	return about, ok && about.ID != ""
}
