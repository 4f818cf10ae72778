package hub

import (
	"encoding/json"

	"parley/hub/journal"
	"parley/protocol"
)

// Inputs of both kinds of session.
type (
	// woken is the first input after a session was loaded: what it owes others
	// is handed over again.
	woken struct {
		open []journal.SessionID // of a host session: the shared sessions that are open on it
	}
	// tick says that a time has come.
	tick struct{}
	// shutdown is a host session's last input: the hub stops.
	shutdown struct{}
)

// From a host session to a shared session. A shared session confirms an end;
// until then it is told again whenever one of the two wakes.
type (
	turnAccepted struct {
		approval string
		ahead    int // turns before it
	}
	turnStarted struct{ approval string }
	turnEnded   struct {
		approval   string
		stopReason string
		failure    string        // empty when the turn completed
		code       protocol.Code // of the failure; empty for one without
	}
	agentSaid       struct{ notifications notifications }
	permissionAsked struct{ question question }
	// permissionSettled says how a request ended. If a participant's answer
	// won, won is that answer.
	permissionSettled struct {
		resolved protocol.PermissionResolved
		won      *permissionAnswer
	}
	permissionGone struct{ requestID string }
	agentChanged   struct{ status protocol.AgentStatusChanged }
	// agentNote says that the agent writes lines that are no messages.
	agentNote struct{ note protocol.AgentStrayOutput }
	// agentKnown says what is known of the agent, some of which may be known already.
	agentKnown struct{ facts protocol.AgentFacts }
	// agentContinues says on which session of its own the agent goes on.
	agentContinues struct{ session protocol.AgentSession }
)

// From a shared session to its host session.
type (
	// dispatch hands over an approved prompt, again if need be: the approval's
	// id makes it one.
	dispatch struct{ turn turn }
	// confirmEnd lets the host session forget a turn that has ended.
	confirmEnd struct{ approval string }
	// cancelTurn ends a queued or running turn.
	cancelTurn struct {
		approval string
		failure  string // what the turn's end says
	}
	// permissionAnswer is a participant's answer, checked by the shared session.
	permissionAnswer struct {
		requestID string
		optionID  string
		by        protocol.Participant
		shared    journal.SessionID
		command   *commandRef
		waiter    string // names the reply that waits for the outcome
	}
	stopAgent struct{}
	// sharedOpened says that a shared session is there, and with which questions
	// of the agent. It is told how things stand.
	sharedOpened struct {
		shared journal.SessionID
		asked  []string
	}
	sharedClosed struct {
		shared journal.SessionID
		last   bool // set by the shell: no other is open
	}
)

// cancelled is the failure of a turn or prompt that was cancelled.
const cancelled = "cancelled"

// turn is one approved prompt in a host session's queue.
type turn struct {
	Approval string               `json:"approval"`
	Shared   journal.SessionID    `json:"shared"`
	Prompt   string               `json:"prompt"`
	Author   protocol.Participant `json:"author"`
	Approver protocol.Participant `json:"approver"`
}

// Effects of both kinds of session.
type (
	// tell sends a message to another session's actor, in order, at least once
	// as far as the two sessions' states make up for crashes.
	tell struct {
		to      journal.SessionID
		message any
	}
	// release answers the replies that wait under a name: the one of winner
	// (all, when winner is empty) with answer, the others with other.
	release struct {
		hold   string
		winner string
		answer any
		other  error
	}
)

// rawJSON marshals what cannot fail to.
func rawJSON(v any) json.RawMessage {
	b, err := protocol.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
