package protocol

import "encoding/json"

// Outcomes of a resume, in [Welcome] and [Connected].
const (
	ResumeNew = "new" // the client gave no cursor; later events follow
	ResumeOK  = "ok"  // every event after the cursor follows
	ResumeGap = "gap" // the cursor is not of this journal; the client starts from this snapshot
)

// Welcome is the payload of the answer to [Join] and [Resume]: a snapshot of the
// session. It has at most 1 MiB. Server to client.
type Welcome struct {
	Recent        []json.RawMessage `json:"recent"` // the newest events, oldest first; null unless the client asked for them
	Session       Session           `json:"session"`
	Participant   Participant       `json:"participant"`           // the client's own; with the access token after Join
	Participants  []Participant     `json:"participants"`          // the host and those who have not left, in join order; then the client's own and the authors of Approvals, unless listed before
	PeopleAfter   string            `json:"peopleAfter,omitempty"` // if the list is cut: the id of its last participant in join order; People returns the others
	Left          int               `json:"left"`                  // how many guests have left; People lists them
	Approvals     []Approval        `json:"approvals"`             // the prompts that are pending or not finished, oldest first
	Permissions   []Permission      `json:"permissions"`           // the agent's pending questions
	Presence      []string          `json:"presence"`              // the ids of connected participants
	PresenceEpoch string            `json:"presenceEpoch"`         // as in Presence
	PresenceAt    int64             `json:"presenceAt"`            // the number of the last presence change in the list
	Agent         Agent             `json:"agent"`
	Cursor        string            `json:"cursor"`      // of the newest event in this snapshot
	Resume        string            `json:"resume"`      // new, ok or gap
	HeartbeatMS   int64             `json:"heartbeatMs"` // between two pings of the server, in milliseconds
	Limits        Limits            `json:"limits"`
	ReadOnly      bool              `json:"readOnly,omitempty"` // whether the connection accepts only reads
}
