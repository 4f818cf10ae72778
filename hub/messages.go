package hub

import (
	"encoding/json"

	"parley/hub/journal"
	"parley/protocol"
)

// Inputs of both kinds of session.
type (
	// woken is the first input after a session was loaded. The session sends again
	// what another session has not confirmed.
	woken struct {
		open []journal.SessionID // of a host session: the shared sessions that are open on it
	}
	// tick is the input at the time that the state has asked for.
	tick struct{}
	// shutdown is the last input, when the hub stops.
	shutdown struct{}
)

// Messages from a host session to a shared session. A shared session confirms
// turnEnded; until then the host session sends it again whenever it wakes, or the
// shared session does.
type (
	// turnAccepted reports that a prompt is in the queue.
	turnAccepted struct {
		approval string
		ahead    int // turns before it
	}
	// turnStarted reports that the agent has the prompt.
	turnStarted struct{ approval string }
	// turnEnded reports the end of a turn.
	turnEnded struct {
		approval   string
		stopReason string
		failure    string        // empty when the turn completed
		code       protocol.Code // of the failure; empty for a failure without one
	}
	// agentSaid carries consecutive notifications of the agent.
	agentSaid struct{ notifications notifications }
	// permissionAsked carries a permission request of the agent. It may be repeated.
	permissionAsked struct{ question question }
	// permissionSettled reports how a permission request was resolved.
	permissionSettled struct {
		resolved protocol.PermissionResolved
		won      *permissionAnswer // the participant's answer that resolved it; nil for none
	}
	// permissionGone reports that a permission request needs no answer any more.
	permissionGone struct{ requestID string }
	// agentChanged reports the agent's status. It may be repeated.
	agentChanged struct{ status protocol.AgentStatusChanged }
	// agentNote reports that the agent writes lines that are not messages.
	agentNote struct{ note protocol.AgentStrayOutput }
	// agentKnown carries facts about the agent. Some may be known already.
	agentKnown struct{ facts protocol.AgentFacts }
	// agentContinues reports which session of its own the agent goes on with.
	agentContinues struct{ session protocol.AgentSession }
)

// Messages from a shared session to its host session.
type (
	// dispatch carries an approved prompt. It may be repeated; the approval's id
	// makes it one turn.
	dispatch struct{ turn turn }
	// confirmEnd confirms turnEnded, so that the host session can forget the turn.
	confirmEnd struct{ approval string }
	// cancelTurn ends a queued or running turn.
	cancelTurn struct {
		approval string
		failure  string // the failure of the turn
	}
	// permissionAnswer is a participant's answer that the shared session has
	// checked.
	permissionAnswer struct {
		requestID string
		optionID  string
		by        protocol.Participant
		shared    journal.SessionID
		command   *commandRef
		waiter    string // identifies the command that waits for the outcome
	}
	// stopAgent asks for the end of the agent.
	stopAgent struct{}
	// sharedOpened reports that a shared session is open and which permission
	// requests it has. The host session answers with the agent's present state.
	sharedOpened struct {
		shared journal.SessionID
		asked  []string
	}
	// sharedClosed reports that a shared session has ended.
	sharedClosed struct {
		shared journal.SessionID
		last   bool // no other shared session is open; set by the runtime
	}
)

// turn is an approved prompt in a host session's queue. Its JSON is stored.
type turn struct {
	Approval string               `json:"approval"`
	Shared   journal.SessionID    `json:"shared"`
	Prompt   string               `json:"prompt"`
	Author   protocol.Participant `json:"author"`
	Approver protocol.Participant `json:"approver"`
}

// cancelled is the failure of a turn or prompt that was cancelled.
const cancelled = "cancelled"

// Effects of both kinds of session.
type (
	// tell sends a message to another session, after those that were sent before.
	// A crash can lose it; the sender's state says what to send again.
	tell struct {
		to      journal.SessionID
		message any
	}
	// release answers the commands that wait under a name: that of winner with
	// answer (all of them when winner is empty), the others with other.
	release struct {
		hold   string
		winner string
		answer any
		other  error
	}
)

// rawJSON encodes a value whose encoding cannot fail.
func rawJSON(v any) json.RawMessage {
	b, err := protocol.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
