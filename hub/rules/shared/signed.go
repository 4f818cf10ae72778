package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// signed returns a decision that names the caller of a command in the private part of its
// events, for the audit. If the host session decides on the command, the message to it
// carries the caller.
func signed(d rules.Decision, body rules.Body) rules.Decision {
	by := callerOf(body)
	if by == nil {
		return d
	}
	c, _ := body.(Command)
	for i := range d.Events {
		private := &d.Events[i].Private
		switch d.Events[i].Public.(type) {
		case *protocol.MessageCreated: // the audit is about acts, not talk
			continue
		case *protocol.SessionClosed, *protocol.ParticipantUpdated, *protocol.ParticipantLeft, *protocol.AgentStatusChanged:
			private.Actor = c.Sender.ParticipantID
		}
		private.Caller = by
	}
	for i, e := range d.Effects {
		if send, ok := e.(rules.Send); ok {
			send.Message = carrying(send.Message, by)
			d.Effects[i] = send
		}
	}
	return d
}

// callerOf returns who has sent a command; nil if that is not known.
func callerOf(body rules.Body) *rules.Caller {
	var by rules.Caller
	switch b := body.(type) {
	case Command:
		by = b.Sender.Caller
	case Create:
		by = b.Caller
	}
	if by.Unrestricted = false; by == (rules.Caller{}) {
		return nil
	}
	return &by
}

// carrying returns a message that names the caller if its outcome is recorded.
func carrying(message rules.Message, by *rules.Caller) rules.Message {
	switch m := message.(type) {
	case rules.QuestionAnswer:
		m.Caller = by
		return m
	case rules.RestartAgent:
		m.Caller = by
		return m
	case rules.StopWork:
		m.Caller = by
		return m
	case rules.MoveTurn:
		m.Caller = by
		return m
	case rules.EditTurn:
		m.Edit.Caller = by
		return m
	}
	return message
}
