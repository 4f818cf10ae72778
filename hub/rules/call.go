package rules

import (
	"encoding/json"

	"parley/hub/journal"
	"parley/protocol"
)

// Cause tells why a line is sent to an agent.
type Cause struct {
	Kind CauseKind `json:"kind"`
	Key  string    `json:"key,omitempty"` // of what it is about
}

// CauseKind is a kind of lines for an agent.
type CauseKind string

// The kinds, and what their keys are.
const (
	CausePrompt CauseKind = "prompt" // the approval's id
	CauseCancel CauseKind = "cancel" // empty
	CauseAnswer CauseKind = "answer" // the question's request id
	CauseOption CauseKind = "option" // the id of the change of an option, or of signing in
	CauseWork   CauseKind = "work"   // the id of the tool call or terminal
	CauseRefuse CauseKind = "refuse" // the JSON-RPC id of the agent's request
)

// Call is something that a host session sends to an agent on another machine, with what is
// needed to send it after a restart of the server. Its JSON is stored.
type Call struct {
	Cause
	Recap    string            `json:"recap,omitempty"`    // of a prompt
	RPC      string            `json:"rpc,omitempty"`      // of an answer: the agent's JSON-RPC id of the question
	OptionID string            `json:"optionId,omitempty"` // of an answer to a permission request, an option, or a way to sign in
	Value    json.RawMessage   `json:"value,omitempty"`    // of an option
	SignIn   bool              `json:"signIn,omitempty"`
	Reply    *ElicitationReply `json:"reply,omitempty"` // to an elicitation
	Refusal  *AgentRefusal     `json:"refusal,omitempty"`

	// how it was sent last
	Frame uint64 `json:"frame,omitempty"` // the number of the server's frame; 0 if it was not sent
	ID    int64  `json:"id,omitempty"`    // the JSON-RPC id of a request; 0 for any other line
}

// Calls are calls, in the order in which they are sent.
type Calls []Call

// AgentRefusal is an error that answers a request of the agent which Parley does not
// support.
type AgentRefusal struct {
	ID      string `json:"id"` // the agent's JSON-RPC id
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// SentFrame is a line for an agent that is about to be sent by its connector.
type SentFrame struct {
	Cause Cause
	ID    int64  // the JSON-RPC id of a request; 0 for any other line
	Frame uint64 // the number of the frame
	Acked uint64 // the newest frame that the connector has processed
}

// RestoreSpec describes an agent that a connector has run on while the server was not
// there.
type RestoreSpec struct {
	HostSession journal.SessionID
	Profile     string
	Owner       string // as in LaunchSpec
	Run         uint64
	Seat        ConnectorSeat
	Session     string          // the agent's own session id
	Memory      json.RawMessage // what the agent's side knew of the agent when it was ready
	Progress    json.RawMessage // the newest [AgentRemembers]; nil for none
	Facts       protocol.AgentFacts
	NextID      int64 // the highest JSON-RPC id that was used
	Calls       Calls // requests that wait for an answer
	Questions   []RestoredQuestion
	Seen        Origin // of the newest message that the host session has committed
	MaxEvent    int    // as in LaunchSpec
}

// RestoredQuestion is a question of the agent that waits for an answer, or for a page to be
// finished.
type RestoredQuestion struct {
	RequestID   string
	RPC         string // the agent's JSON-RPC id, as JSON
	Page        string // the agent's id of an elicitation in URL mode; empty for another question
	Elicitation bool
	Answered    bool // it waits for its page
	Bytes       int  // the size of what people are shown
}
