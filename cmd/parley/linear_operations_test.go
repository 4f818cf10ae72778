package main

import (
	"fmt"

	"parley/protocol"
)

// operation is what a user does: a command, or a read.
type operation struct {
	user    string
	command protocol.Command
	target  string // the text of the prompt, or the user, that the command is about
	read    readKind
}

// readKind is a way to read the session. The ways differ in what they return.
type readKind string

// The kinds of read.
const (
	readState    readKind = "state"
	readMessages readKind = "messages"
	readWelcome  readKind = "welcome"
	readEvents   readKind = "events"
)

// outcome is the answer to an operation.
type outcome struct {
	lost   bool // there was no answer, so the outcome of the command is not known
	code   protocol.Code
	effect string // the effect that the answer to a command reports
	view
}

// view is the state that a read returns. Fields that it does not return are empty.
type view struct {
	mode     protocol.Mode
	roles    string
	prompts  string
	messages string
	at       uint64
}

// canCause reports whether a command can have an effect.
func (a operation) canCause(effect string) bool {
	switch c := a.command.(type) {
	case *protocol.Chat:
		return effect == messageEffect(c.Text)
	case *protocol.Prompt:
		return effect == promptEffect(c.Prompt, protocol.ApprovalPending) || effect == promptEffect(c.Prompt, protocol.ApprovalApproved)
	}
	return true
}

// Names of effects. The model, answers and events use the same names.

func messageEffect(text string) string               { return "sent " + text }
func modeEffect(m protocol.Mode) string              { return "mode " + string(m) }
func roleEffect(user string, r protocol.Role) string { return user + " is " + string(r) }
func promptEffect(text string, status protocol.ApprovalStatus) string {
	return text + " " + string(status)
}

// String returns the user and the command or read.
func (a operation) String() string {
	if a.read != "" {
		return fmt.Sprintf("%s reads %s", a.user, a.read)
	}
	return fmt.Sprintf("%s: %s %s %+v", a.user, a.command.CommandType(), a.target, a.command)
}

// String returns the code, effect and view.
func (r outcome) String() string {
	if r.lost {
		return "lost"
	}
	return fmt.Sprintf("%s %s %+v", r.code, r.effect, r.view)
}
