package journal

import (
	"encoding/json"

	"parley/protocol"
)

// IsListed reports whether [Journal.Listed] includes events of a type: those that may
// add a message to the session.
func IsListed(eventType string) bool {
	switch protocol.EventType(eventType) {
	case protocol.EventMessageCreated, protocol.EventPromptPendingApproval:
		return true
	}
	return false
}

// Subject is a kind of resource whose events a journal indexes; see
// [Journal.Entries].
type Subject string

// The subjects.
const (
	SubjectParticipant Subject = "participant" // a participant, by its id
	SubjectApproval    Subject = "approval"    // an approval, by its id
)

// Entry is the index entry of a participant or an approval: which events are about
// it.
type Entry struct {
	ID     string // of the participant or the approval
	First  Seq    // the first event about it
	Whole  Seq    // the newest event that shows it completely; 0 if none does
	Newest Seq    // the newest event about it
}

// Add records a newer event about the entry's subject. whole reports whether the
// event shows it completely.
func (e *Entry) Add(seq Seq, whole bool) {
	e.Newest = seq
	if whole {
		e.Whole = seq
	}
}

// About is what one event is about.
type About struct {
	Subject Subject // a participant or an approval
	ID      string  // of the participant or the approval
	Whole   bool    // the event shows it completely
}

// AboutOf returns which participant or approval an event is about; ok is false if it
// is about none. Events on the progress of a prompt are about none.
func AboutOf(r *Record) (about About, ok bool) {
	var payload struct {
		Participant struct {
			ID string `json:"id"`
		} `json:"participant"`
		Approval struct {
			ID string `json:"id"`
		} `json:"approval"`
		ApprovalID string `json:"approvalId"`
	}
	// The reader of the event reports an error in its payload.
	decode := func() bool { return json.Unmarshal(r.Public, &payload) == nil }
	switch protocol.EventType(r.Type) {
	case protocol.EventParticipantJoined, protocol.EventParticipantUpdated, protocol.EventParticipantLeft:
		ok = decode()
		about = About{SubjectParticipant, payload.Participant.ID, true}
	case protocol.EventPromptPendingApproval, protocol.EventPromptApproved, protocol.EventPromptRejected:
		ok = decode()
		about = About{SubjectApproval, payload.Approval.ID, true}
	case protocol.EventPromptDispatchFailed:
		ok = decode()
		about = About{SubjectApproval, payload.ApprovalID, false}
	}
	return about, ok && about.ID != ""
}
