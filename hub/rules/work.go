package rules

import (
	"parley/hub/journal"
	"parley/protocol"
)

// Work is a tool call or a terminal of the agent that a participant stops: one of the ids
// is set.
type Work struct {
	Shared     journal.SessionID // of the participant
	ToolCallID string
	TerminalID string
}

// Messages about a turn that the agent began without a prompt, and about work that is
// stopped.
type (
	// OwnTurnBegan reports that the agent works without a prompt. It may be repeated.
	OwnTurnBegan struct{}
	// OwnTurnEnded reports that the agent does not work without a prompt any more. It may
	// be repeated.
	OwnTurnEnded struct{ StopReason, Failure string }
	// StopWork asks the host session to stop a tool call or a terminal. The answer is a
	// StopAnswered.
	StopWork struct {
		Work    Work
		By      protocol.Participant
		Command *CommandRef
		Hold    string // the command waits under this name
		Caller  *Caller
	}
	// StopAnswered reports whether the agent was asked to stop the work.
	StopAnswered struct {
		Stop StopWork
		Err  *protocol.Error // why it was not asked; nil if it was
	}
	// StopRefused reports that the work goes on, although the agent was asked to stop it.
	StopRefused struct {
		Work   Work
		Reason string
	}
)

func (OwnTurnBegan) isMessage() {}
func (OwnTurnEnded) isMessage() {}
func (StopWork) isMessage()     {}
func (StopAnswered) isMessage() {}
func (StopRefused) isMessage()  {}

// IsBody implements [Body].
func (OwnTurnBegan) IsBody() {}

// IsBody implements [Body].
func (OwnTurnEnded) IsBody() {}

// IsBody implements [Body].
func (StopWork) IsBody() {}

// IsBody implements [Body].
func (StopAnswered) IsBody() {}

// IsBody implements [Body].
func (StopRefused) IsBody() {}
