package main

import (
	"fmt"

	"parley/protocol"
)

// act is what somebody asks of a session: a command, or one of the readings.
type act struct {
	by    string
	do    protocol.Command
	about string // the text of the prompt that is decided on, of the user who gets a role
	read  reading
}

type reading string

// The readings, which differ in what they show.
const (
	readState    reading = "state"
	readMessages reading = "messages"
	readWelcome  reading = "welcome"
	readEvents   reading = "events"
)

// reply is what somebody was answered.
type reply struct {
	lost bool // there was no answer: it is not known what became of the command
	code protocol.Code
	what string // what a command says that has happened
	shown
}

// shown is what a reading shows; empty where it does not.
type shown struct {
	mode    protocol.Mode
	roles   string
	prompts string
	said    string
	at      uint64
}

// canHave reports whether a command is one that leads to what has happened.
func (a act) canHave(what string) bool {
	switch c := a.do.(type) {
	case *protocol.Chat:
		return what == saidSo(c.Text)
	case *protocol.Prompt:
		return what == nowPrompt(c.Prompt, protocol.ApprovalPending) || what == nowPrompt(c.Prompt, protocol.ApprovalApproved)
	}
	return true
}

// The same words for what a model expects, an answer says and an event tells.

func saidSo(text string) string                   { return "said " + text }
func nowMode(m protocol.Mode) string              { return "mode " + string(m) }
func nowRole(user string, r protocol.Role) string { return user + " is " + string(r) }
func nowPrompt(text string, status protocol.ApprovalStatus) string {
	return text + " " + string(status)
}

func (a act) String() string {
	if a.read != "" {
		return fmt.Sprintf("%s reads %s", a.by, a.read)
	}
	return fmt.Sprintf("%s: %s %s %+v", a.by, a.do.CommandType(), a.about, a.do)
}

func (r reply) String() string {
	if r.lost {
		return "lost"
	}
	return fmt.Sprintf("%s %s %+v", r.code, r.what, r.shown)
}
