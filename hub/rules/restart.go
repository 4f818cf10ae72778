package rules

import (
	"parley/hub/journal"
	"parley/protocol"
)

// Messages about a restart of the agent, or a switch to another one.
type (
	// RestartAgent asks the host session to start its agent again. It may be repeated.
	RestartAgent struct {
		ID      string // identifies the command that waits for the outcome
		Agent   string // the profile to switch to; empty for the present one
		By      protocol.Participant
		Shared  journal.SessionID
		Command *CommandRef
		Caller  *Caller
		Others  bool // other shared sessions are open on the agent; set by the runtime
	}
	// AgentRestarting reports that the host session carries out a RestartAgent.
	AgentRestarting struct {
		Restart RestartAgent
		From    string // the profile so far
	}
	// RestartRefused reports to the sender of a RestartAgent that it has no effect.
	RestartRefused struct {
		ID  string
		Err error
	}
)

func (RestartAgent) isMessage()    {}
func (AgentRestarting) isMessage() {}
func (RestartRefused) isMessage()  {}

// IsBody implements [Body].
func (RestartAgent) IsBody() {}

// IsBody implements [Body].
func (AgentRestarting) IsBody() {}

// IsBody implements [Body].
func (RestartRefused) IsBody() {}
