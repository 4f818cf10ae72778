package rules

import (
	"encoding/json"

	"parley/hub/journal"
	"parley/protocol"
)

// Inputs of both kinds of session.
type (
	// Loaded is the first input after a session was loaded. The session sends again
	// what another session has not confirmed.
	Loaded struct {
		OpenShared []journal.SessionID // of a host session: the shared sessions that are open on it
	}
	// Tick is the input at the time that the state has asked for.
	Tick struct{}
	// Shutdown is the last input, when the hub stops.
	Shutdown struct{}
)

// Messages from a host session to a shared session. A shared session confirms
// TurnEnded; until then the host session sends it again whenever it wakes, or the
// shared session does.
type (
	// TurnAccepted reports that a prompt is in the queue.
	TurnAccepted struct {
		Approval string
		Ahead    int // turns before it
	}
	// TurnStarted reports that the agent has the prompt.
	TurnStarted struct{ Approval string }
	// TurnEnded reports the end of a turn.
	TurnEnded struct {
		Approval   string
		StopReason string
		Failure    string        // empty when the turn completed
		Code       protocol.Code // of the failure; empty for a failure without one
	}
	// AgentNotified carries consecutive notifications of the agent.
	AgentNotified struct{ Notifications Notifications }
	// PermissionRequested carries a permission request of the agent. It may be repeated.
	PermissionRequested struct{ Request PermissionRequest }
	// PermissionResolved reports how a permission request was resolved.
	PermissionResolved struct {
		Resolved protocol.PermissionResolved
		Answer   *PermissionAnswer // the participant's answer that resolved it; nil for none
	}
	// PermissionWithdrawn reports that a permission request needs no answer any more.
	PermissionWithdrawn struct{ RequestID string }
	// AgentChanged reports the agent's status. It may be repeated.
	AgentChanged struct{ Status protocol.AgentStatusChanged }
	// AgentNote reports that the agent writes lines that are not messages.
	AgentNote struct{ Note protocol.AgentStrayOutput }
	// AgentFactsChanged carries facts about the agent. Some may be known already.
	AgentFactsChanged struct{ Facts protocol.AgentFacts }
	// AgentContinued reports which session of its own the agent goes on with.
	AgentContinued struct{ Session protocol.AgentSession }
)

// Messages from a shared session to its host session.
type (
	// Dispatch carries an approved prompt. It may be repeated; the approval's id
	// makes it one turn.
	Dispatch struct{ Turn Turn }
	// ConfirmEnd confirms TurnEnded, so that the host session can forget the turn.
	ConfirmEnd struct{ Approval string }
	// CancelTurn ends a queued or running turn.
	CancelTurn struct {
		Approval string
		Failure  string // the failure of the turn
	}
	// PermissionAnswer is a participant's answer that the shared session has
	// checked.
	PermissionAnswer struct {
		RequestID string
		OptionID  string
		By        protocol.Participant
		Shared    journal.SessionID
		Command   *CommandRef
		Waiter    string // identifies the command that waits for the outcome
	}
	// StopAgent asks for the end of the agent.
	StopAgent struct{}
	// SharedOpened reports that a shared session is open and which permission
	// requests it has. The host session answers with the agent's present state.
	SharedOpened struct {
		Shared   journal.SessionID
		Requests []string
	}
	// SharedClosed reports that a shared session has ended.
	SharedClosed struct {
		Shared journal.SessionID
		Last   bool // no other shared session is open; set by the runtime
	}
)

// Turn is an approved prompt in a host session's queue. Its JSON is stored.
type Turn struct {
	Approval string               `json:"approval"`
	Shared   journal.SessionID    `json:"shared"`
	Prompt   string               `json:"prompt"`
	Author   protocol.Participant `json:"author"`
	Approver protocol.Participant `json:"approver"`
}

// Cancelled is the failure of a turn or prompt that was cancelled.
const Cancelled = "cancelled"

// Effects of both kinds of session.
type (
	// Send sends a message to another session, after those that were sent before.
	// A crash can lose it; the sender's state says what to send again.
	Send struct {
		To      journal.SessionID
		Message any
	}
	// Release answers the commands that wait under a name: that of winner with
	// answer (all of them when winner is empty), the others with other.
	Release struct {
		Hold   string
		Winner string
		Answer any
		Err    error
	}
)

// RawJSON encodes a value whose encoding cannot fail.
func RawJSON(v any) json.RawMessage {
	b, err := protocol.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
