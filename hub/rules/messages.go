package rules

import (
	"encoding/json"

	"parley/hub/journal"
	"parley/protocol"
)

// Message is what one session sends another: one of the types below. It is an input of
// the session that receives it.
type Message interface {
	Body
	isMessage()
}

// Inputs of both kinds of session.
type (
	// Loaded is the first input after a session was loaded. The session sends again
	// the messages that another session has not confirmed.
	Loaded struct {
		OpenShared []journal.SessionID // of a host session: the shared sessions that are open on it
	}
	// Tick is the input at the time that [State.Due] returns.
	Tick struct{}
	// Shutdown is the last input, before the hub stops.
	Shutdown struct{}
)

// Messages from a host session to a shared session. A shared session confirms TurnEnded;
// until then the host session sends it again whenever either of them is loaded.
type (
	// TurnAccepted reports that a prompt is in the queue. It may be repeated.
	TurnAccepted struct {
		Approval string
		Ahead    int // how many turns run before it
	}
	// TurnStarted reports that the agent works on the prompt. It may be repeated.
	TurnStarted struct{ Approval string }
	// TurnEnded reports the end of a turn.
	TurnEnded struct {
		Approval   string
		StopReason string
		Failure    string                // empty if the turn completed
		Code       protocol.Code         // of the failure; empty for a failure without one
		By         *protocol.Participant // who cancelled it, unless the shared session knows; else nil
		Edit       *TurnEdit             // ended it before it began; nil if none did
		Replaces   string                // the turn whose place it took; empty for none
	}
	// AgentNotified carries consecutive notifications of the agent.
	AgentNotified struct {
		Notifications Notifications
		Origins       []Origin // of each, if a connector has carried them; else nil
	}
	// QuestionAsked carries a question of the agent. It may be repeated.
	QuestionAsked struct{ Question Question }
	// QuestionResolved reports the outcome of a question.
	QuestionResolved struct {
		RequestID string
		Resolved  protocol.Payload // [protocol.PermissionResolved] or [protocol.ElicitationResolved]
		Answer    *QuestionAnswer  // the answer that resolved it; nil if none did
		URL       string           // the page that the answer accepts to open; empty for none
	}
	// QuestionWithdrawn reports that a question no longer needs an answer.
	QuestionWithdrawn struct{ RequestID string }
	// ElicitationCompleted reports that an accepted page is finished.
	ElicitationCompleted struct{ RequestID string }
	// ElicitationRefused reports a request for input that cannot be shown.
	ElicitationRefused struct{ Refused protocol.ElicitationRefused }
	// AgentChanged reports the agent's status. It may be repeated.
	AgentChanged struct{ Status protocol.AgentStatusChanged }
	// AgentNote reports that the agent writes lines that are not messages.
	AgentNote struct{ Note protocol.AgentStrayOutput }
	// AgentSlowNote reports that the server reads the agent slowly.
	AgentSlowNote struct{ Note protocol.AgentSlowed }
	// AgentFactsChanged carries facts about the agent. Some may be known.
	AgentFactsChanged struct{ Facts protocol.AgentFacts }
	// AgentContinued reports with which session of its own the agent continues. It may be
	// repeated.
	AgentContinued struct {
		Session protocol.AgentSession
		Renewal int // the number of the new session; 0 if the agent continues its earlier one
	}
	// RecapWanted asks for the recap that precedes a prompt, the first one of a shared
	// session in a new session of the agent. The answer is a Recap. It may be repeated.
	RecapWanted struct {
		Approval  string
		Continued AgentContinued
	}
)

// Messages from a shared session to its host session.
type (
	// Dispatch carries an approved prompt. It may be repeated; the approval's id identifies
	// the turn.
	Dispatch struct{ Turn Turn }
	// Recap answers RecapWanted.
	Recap struct {
		Approval string
		Text     string // empty for none
	}
	// ConfirmEnd confirms TurnEnded, so that the host session can forget the turn.
	ConfirmEnd struct{ Approval string }
	// CancelTurn ends a queued or running turn.
	CancelTurn struct {
		Approval string
		Failure  string // the failure of the turn
	}
	// QuestionAnswer is a participant's answer that the shared session has
	// checked.
	QuestionAnswer struct {
		RequestID string
		OptionID  string                     // of a permission request
		Action    protocol.ElicitationAction // of an elicitation
		Content   json.RawMessage            // with accept of a form
		By        protocol.Participant
		Shared    journal.SessionID
		Command   *CommandRef
		Waiter    string  // identifies the command that waits for the outcome
		Caller    *Caller `json:",omitempty"`
	}
	// StopAgent asks the host session to stop the agent.
	StopAgent struct{}
	// SharedOpened reports that a shared session is open, and the ids of its open
	// questions. The host session answers with the agent's state.
	SharedOpened struct {
		Shared   journal.SessionID
		Requests []string // questions, including pages that are not finished
		Changing []string // the ids of the changes of options whose outcome it does not know
		OwnTurn  bool     // it has not heard of the end of what the agent does without a prompt
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
	Content  []protocol.Content   `json:"content,omitempty"`
	Author   protocol.Participant `json:"author"`
	Approver protocol.Participant `json:"approver"`
	When     protocol.When        `json:"when,omitempty"`
	Prefix   bool                 `json:"prefix,omitempty"`   // the model is told who wrote and approved the prompt
	Replaces string               `json:"replaces,omitempty"` // the turn whose place it took; empty for none
}

// PromptBytes returns the size of the turn's prompt in bytes, including its content.
func (t Turn) PromptBytes() int { return len(t.Prompt) + ContentBytes(t.Content) }

// Cancelled is the failure of a turn or prompt that was cancelled.
const Cancelled = "cancelled"

func (TurnAccepted) isMessage()         {}
func (TurnStarted) isMessage()          {}
func (TurnEnded) isMessage()            {}
func (AgentNotified) isMessage()        {}
func (QuestionAsked) isMessage()        {}
func (QuestionResolved) isMessage()     {}
func (QuestionWithdrawn) isMessage()    {}
func (ElicitationCompleted) isMessage() {}
func (ElicitationRefused) isMessage()   {}
func (AgentChanged) isMessage()         {}
func (AgentNote) isMessage()            {}
func (AgentSlowNote) isMessage()        {}
func (AgentFactsChanged) isMessage()    {}
func (AgentContinued) isMessage()       {}
func (RecapWanted) isMessage()          {}
func (Recap) isMessage()                {}
func (Dispatch) isMessage()             {}
func (ConfirmEnd) isMessage()           {}
func (CancelTurn) isMessage()           {}
func (QuestionAnswer) isMessage()       {}
func (StopAgent) isMessage()            {}
func (SharedOpened) isMessage()         {}
func (SharedClosed) isMessage()         {}
