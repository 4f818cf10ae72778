package hub

import (
	"encoding/json"
	"time"

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

// Inputs of a shared session.
type (
	createShared struct {
		body      *protocol.CreateSharedSession
		commandID string
		workspace string // the host session's
		agent     protocol.AgentStatus
		facts     protocol.AgentFacts // what the host session knows of its agent
	}
	// command is a command of a participant, or a join.
	command struct {
		who     Credentials
		request protocol.Request
		stream  bool    // a resume that is for events alone: it does not bring the host back
		way     joinWay // of a join
		polls   bool    // the participant asks for events again and again, and so is present
	}
	// joinWay is how a join came in.
	joinWay int
	// rejection is a request that the edge could not take, to be answered in
	// its turn.
	rejection struct{ err error }
	// read asks for what the original API shows to anybody, or to a participant.
	read struct {
		who  *Credentials // nil: not asked for
		what readKind
	}
)

// The ways to join.
const (
	joinTyped    joinWay = iota // by the typed protocol, whose clients keep their token
	joinOriginal                // by the original API
	joinAgain                   // by the original API, where it may return a guest who came by it; see Hub.JoinOriginal
)

type readKind int

// invitation asks what an invite is for.
type invitation struct{ invite string }

// archive asks for a page of what has happened, whether or not the session is
// active.
type archive struct {
	who   Credentials
	which protocol.History
}

const (
	readState readKind = iota
	readParticipants
	readMessages
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
	permissionAsked struct{ permission openPermission }
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

// turn is one approved prompt in a host session's queue.
type turn struct {
	Approval string               `json:"approval"`
	Shared   journal.SessionID    `json:"shared"`
	Prompt   string               `json:"prompt"`
	Author   protocol.Participant `json:"author"`
	Approver protocol.Participant `json:"approver"`
}

// Inputs of a host session from outside.
type (
	createHost struct {
		body      *protocol.CreateHostSession
		commandID string // empty for none
		refusal   error  // why no agent can be started now; nil if one can
	}
	readHost   struct{}
	cancelHost struct{}
	deleteHost struct{}
	// launched and launchFailed are the outcome of launchAgent.
	launched struct {
		sessionID string
		canLoad   bool
		loadError error // why the earlier session was not loaded
	}
	launchFailed struct{ err error }
	// agentSpoke says that there is something to hear from the agent, which
	// the shell turns into agentSays, launched or launchFailed.
	agentSpoke struct{}
	// agentSilent says that the agent has said nothing since then.
	agentSilent struct{ since time.Time }
	// agentSays is what the running agent says.
	agentSays struct{ event AgentEvent }
)

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

// Effects of a shared session.
type (
	// cut ends connections: those of a participant, or all when it is empty.
	cut struct {
		participant string
		code        int
		reason      string
	}
	// cutUser ends all connections of a participant, and of other guests with the
	// same user id, who only read.
	cutUser struct {
		participant string
		user        string
		code        int
		reason      string
	}
	// typingNow passes on that somebody types.
	typingNow struct {
		participant string
		active      bool
	}
	// polled notes that a participant has asked for events without a connection.
	polled struct{ participant string }
)

// Effects of a host session.
type (
	// tellOpen sends a message to every shared session that is open here.
	tellOpen    struct{ message any }
	openShared  struct{ shared journal.SessionID }
	closeShared struct{ shared journal.SessionID }
	launchAgent struct{ spec LaunchSpec }
	promptAgent struct{ prompt AgentPrompt }
	answerAgent struct{ requestID, optionID string }
	cancelAgent struct{}
	endAgent    struct{}
)

// rawJSON marshals what cannot fail to.
func rawJSON(v any) json.RawMessage {
	b, err := protocol.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
