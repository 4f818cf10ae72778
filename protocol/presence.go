package protocol

import "slices"

// Presence reports which participants have opened their first connection or closed
// their last one. Each such change has a number, and one message covers the changes
// after From up to To. Server to client, ephemeral.
type Presence struct {
	Epoch  string   `json:"epoch"` // the numbers of different epochs are unrelated
	From   int64    `json:"from"`
	To     int64    `json:"to"`
	Joined []string `json:"joined"` // the ids of participants who are present as of To
	Left   []string `json:"left"`   // the ids of participants who are absent as of To
}

// PresenceAnswer answers [AskPresence] with the whole list. Server to client.
type PresenceAnswer struct {
	Epoch        string   `json:"epoch"`
	At           int64    `json:"at"`           // the number of the newest change
	Participants []string `json:"participants"` // ids, in join order
}

// Apply updates the list with a message. If the list lacks earlier changes, Apply
// returns false and changes nothing; the client then asks for the list with
// [AskPresence]. A message that the list already covers changes nothing.
func (a *PresenceAnswer) Apply(p Presence) bool {
	switch {
	case p.Epoch != a.Epoch || p.From > a.At:
		return false
	case p.To <= a.At:
		return true
	}
	participants := make([]string, 0, len(a.Participants)+len(p.Joined))
	for _, id := range a.Participants {
		if !slices.Contains(p.Left, id) {
			participants = append(participants, id)
		}
	}
	for _, id := range p.Joined {
		if !slices.Contains(a.Participants, id) {
			participants = append(participants, id)
		}
	}
	a.At, a.Participants = p.To, participants
	return true
}

// TypingNotice says that a participant is typing or has stopped. Server to client,
// ephemeral.
type TypingNotice struct {
	ParticipantID string `json:"participantId"`
	Active        bool   `json:"active"`
}
