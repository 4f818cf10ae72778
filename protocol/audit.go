package protocol

import "time"

// AuditAnswer says who did what in a session. Server to client, REST only, for those who
// administer the server.
type AuditAnswer struct {
	Entries []AuditEntry `json:"entries"` // the oldest first
}

// AuditEntry is one act. It names an event of the session, whose chain of hashes covers the
// entry. Server to client, REST only.
type AuditEntry struct {
	Cursor      string       `json:"cursor"`      // of the event
	At          time.Time    `json:"at"`          // of the event
	Type        EventType    `json:"type"`        // of the event
	Act         string       `json:"act"`         // what was done, in words
	Participant *Participant `json:"participant"` // who did it; null if no participant did
	Subject     string       `json:"subject"`     // the id of what it was done to: a prompt, question, participant, option or tool call; empty for the session
	Detail      string       `json:"detail"`      // the beginning of a text, or a choice; may be empty
	Address     string       `json:"address"`     // IP address of the client; empty if it was not recorded
	Identity    string       `json:"identity"`    // whom the server knew the client to be, such as a verified person or the name of an operator's key; empty for nobody
}
