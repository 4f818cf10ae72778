package rules

import (
	"parley/hub/journal"
	"parley/protocol"
)

// TurnEdit ends a turn that waits, for a participant who withdraws or replaces the prompt.
// Its JSON is stored.
type TurnEdit struct {
	By          protocol.Participant `json:"by"`
	Replacement *protocol.Approval   `json:"replacement,omitempty"` // takes the place in the queue if approved, and else waits for an approval; nil for none
	MessageID   string               `json:"messageId,omitempty"`   // of the message that shows a pending replacement
	Command     *CommandRef          `json:"command,omitempty"`
	Waiter      string               `json:"waiter,omitempty"` // identifies the command that waits for the outcome
	Caller      *Caller              `json:"caller,omitempty"` // see [Private.Caller]
}

// InPlace reports whether the replacement takes the place of the turn in the queue.
func (e *TurnEdit) InPlace() bool {
	return e != nil && e.Replacement != nil && e.Replacement.Status == protocol.ApprovalApproved
}

// Messages about the queue from a shared session to its host session, which decides
// whether a turn still waits. It answers with TurnEnded or TurnMoved, or with EditRefused
// if the turn does not wait.
type (
	// EditTurn ends a turn that waits.
	EditTurn struct {
		Approval string
		Shared   journal.SessionID
		Edit     TurnEdit
		Hold     string // the command waits under this name
	}
	// MoveTurn moves a turn that waits among those of the same shared session.
	MoveTurn struct {
		Approval string
		Before   string // another turn of the shared session; empty for the end
		Shared   journal.SessionID
		By       protocol.Participant
		Command  *CommandRef
		Hold     string // the command waits under this name
		Caller   *Caller
	}
)

// Messages about the queue from a host session to a shared session.
type (
	// QueueReported has the waiting turns of the shared session, in order. It may be
	// repeated.
	QueueReported struct{ Queue []protocol.QueuedPrompt }
	// TurnMoved reports that a turn was moved.
	TurnMoved struct {
		Queue []protocol.QueuedPrompt
		Move  MoveTurn
	}
	// EditRefused reports that a turn does not wait any more.
	EditRefused struct{ Hold string }
	// TurnCancelling reports that the running turn is being cancelled for a participant.
	TurnCancelling struct {
		Approval string // empty for a turn of the agent's own
		By       protocol.Participant
	}
)

func (EditTurn) isMessage()       {}
func (MoveTurn) isMessage()       {}
func (QueueReported) isMessage()  {}
func (TurnMoved) isMessage()      {}
func (EditRefused) isMessage()    {}
func (TurnCancelling) isMessage() {}

// IsBody implements [Body].
func (EditTurn) IsBody() {}

// IsBody implements [Body].
func (MoveTurn) IsBody() {}

// IsBody implements [Body].
func (QueueReported) IsBody() {}

// IsBody implements [Body].
func (TurnMoved) IsBody() {}

// IsBody implements [Body].
func (EditRefused) IsBody() {}

// IsBody implements [Body].
func (TurnCancelling) IsBody() {}
