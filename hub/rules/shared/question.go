package shared

import (
	"slices"

	"parley/hub/rules"
	"parley/hub/rules/shared/questions"
	"parley/protocol"
	"parley/protocol/form"
)

// Questions of the agent are permission requests and elicitations. The host session accepts
// the first answer to one, from whichever shared session it comes.

// questionAsked records a question of the agent, once.
func (s *State) questionAsked(m rules.QuestionAsked) rules.Decision {
	id := m.Question.ID()
	if !s.Active() || s.Permission(id) != nil || s.Elicitation(id) != nil || s.IsResolved(id) {
		return rules.Decision{}
	}
	if e := m.Question.Elicitation; e != nil {
		return rules.Decision{Events: []rules.Event{{Public: &protocol.ElicitationRequested{Elicitation: e.Elicitation}}}}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PermissionRequested{Permission: m.Question.Permission.Permission}}}}
}

// sendAnswer sends a checked answer to the host session. The answer to the command waits
// for the outcome.
func (s *State) sendAnswer(in rules.Input, answer rules.QuestionAnswer, ref *rules.CommandRef) rules.Decision {
	answer.Shared, answer.Command, answer.Waiter = s.ID, ref, waiterOf(ref, in)
	return rules.Decision{Effects: []rules.Effect{s.sendHost(answer)}, Hold: answer.RequestID, Waiter: answer.Waiter}
}

// questionResolved records the outcome of a question and answers the commands that wait
// for it.
func (s *State) questionResolved(m rules.QuestionResolved) rules.Decision {
	e, open := rules.Event{Public: m.Resolved}, s.Permission(m.RequestID) != nil
	replies := rules.Release{Hold: m.RequestID}
	var answer any
	switch r := m.Resolved.(type) {
	case *protocol.PermissionResolved:
		replies.Err = protocol.Errorf(protocol.CodePermissionAlreadyResolved, "the request was answered already")
		answer = &protocol.PermissionAnswer{RequestID: r.RequestID, OptionID: deref(r.OptionID)}
	case *protocol.ElicitationResolved:
		open = s.Elicitation(r.RequestID) != nil
		replies.Err = elicitationResolvedError()
		if m.Answer != nil && m.Answer.Shared == s.ID { // other sessions do not learn what was filled in
			e.Private.Answer = givenBy(r, m)
		}
		answer = answerOf(r, e)
	}
	if m.Answer != nil && m.Answer.Shared == s.ID {
		e.Private.Command, e.Private.Caller = m.Answer.Command, m.Answer.Caller
		replies.Winner, replies.Answer = m.Answer.Waiter, answer
	}
	d := rules.Decision{Effects: []rules.Effect{replies}}
	if s.Active() && open {
		d.Events = []rules.Event{e}
	}
	return d
}

// questionWithdrawn records that a question needs no answer any more, and refuses the
// commands that wait for its outcome.
func (s *State) questionWithdrawn(m rules.QuestionWithdrawn) rules.Decision {
	code := protocol.CodePermissionNotFound
	var withdrawn protocol.Payload
	switch {
	case s.Elicitation(m.RequestID) != nil:
		code, withdrawn = protocol.CodeElicitationNotFound, &protocol.ElicitationWithdrawn{RequestID: m.RequestID}
	case s.Permission(m.RequestID) != nil:
		withdrawn = &protocol.PermissionWithdrawn{RequestID: m.RequestID}
	}
	d := rules.Decision{Effects: []rules.Effect{rules.Release{
		Hold: m.RequestID,
		Err:  protocol.Errorf(code, "the agent no longer waits for an answer"),
	}}}
	if s.Active() && withdrawn != nil {
		d.Events = []rules.Event{{Public: withdrawn}}
	}
	return d
}

// answerPermission checks a participant's answer to a permission request.
func (s *State) answerPermission(in rules.Input, c *protocol.AnswerPermission, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	asked := s.Permission(c.RequestID)
	if s.IsResolved(c.RequestID) {
		return rules.Refuse(protocol.CodePermissionAlreadyResolved, "the request was answered already")
	}
	if asked == nil {
		return rules.Refuse(protocol.CodePermissionNotFound, "no such permission request waits for an answer")
	}
	if !s.seesWhole(p, asked.Masked != nil) {
		return isMasked()
	}
	if !slices.ContainsFunc(asked.Choices, func(o rules.AgentOption) bool { return o.ID == c.OptionID }) {
		return rules.Refuse(protocol.CodeInvalidRequest, "%.40q is none of the options", c.OptionID)
	}
	return s.sendAnswer(in, rules.QuestionAnswer{RequestID: c.RequestID, OptionID: c.OptionID, By: p}, ref)
}

// answerElicitation checks a participant's answer to an elicitation.
func (s *State) answerElicitation(in rules.Input, c *protocol.Answer, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	asked := s.Elicitation(c.RequestID)
	if s.IsResolved(c.RequestID) || asked != nil && asked.AcceptedBy != nil {
		return rules.Decision{Err: elicitationResolvedError()}
	}
	if asked == nil {
		return rules.Refuse(protocol.CodeElicitationNotFound, "no such request for input waits for an answer")
	}
	if !s.seesWhole(p, asked.Masked != nil) {
		return isMasked()
	}
	answer := rules.QuestionAnswer{RequestID: c.RequestID, Action: c.Action, By: p}
	if c.Action == protocol.ElicitationAccept {
		switch {
		case asked.Form != nil:
			content, err := form.Check(asked.Form, c.Content)
			if err != nil {
				return rules.Decision{Err: err}
			}
			answer.Content = content
		case len(c.Content) > 0:
			return rules.Refuse(protocol.CodeInvalidRequest, "a page takes no content")
		}
	}
	return s.sendAnswer(in, answer, ref)
}

func elicitationResolvedError() error {
	return protocol.Errorf(protocol.CodeElicitationAlreadyResolved, "the request was answered already")
}

// givenBy returns what an accepted answer contains; nil for nothing.
func givenBy(r *protocol.ElicitationResolved, m rules.QuestionResolved) *protocol.ElicitationAnswer {
	if m.Answer == nil || r.Action != protocol.ElicitationAccept {
		return nil
	}
	return &protocol.ElicitationAnswer{RequestID: r.RequestID, Action: r.Action, URL: m.URL, Content: m.Answer.Content}
}

// answerOf returns the answer to the command that has resolved an elicitation.
func answerOf(r *protocol.ElicitationResolved, e rules.Event) *protocol.ElicitationAnswer {
	if e.Private.Answer != nil {
		return e.Private.Answer
	}
	return &protocol.ElicitationAnswer{RequestID: r.RequestID, Action: r.Action}
}

// readAnswer returns the answer to an elicitation: the URL of a page to the participant who has
// accepted to open it, and the content of a form to everyone who may answer.
func readAnswer(a *questions.Answer, p protocol.Participant) rules.Decision {
	switch {
	case a.Page && a.By != p.ID:
		return rules.Refuse(protocol.CodeElicitationAlreadyResolved, "only the participant who accepted can read the address")
	case !a.Page && rules.HostOnly(protocol.CommandAnswer) && p.Role != protocol.RoleHost:
		return rules.Refuse(protocol.CodeHostRequired, "only the host can read the answer")
	}
	return rules.Decision{Replay: a.Seq}
}

// elicitationCompleted records that an accepted page is finished.
func (s *State) elicitationCompleted(m rules.ElicitationCompleted) rules.Decision {
	if !s.Active() || s.Elicitation(m.RequestID) == nil {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.ElicitationCompleted{RequestID: m.RequestID}}}}
}

// elicitationRefused records a request that could not be shown.
func (s *State) elicitationRefused(m rules.ElicitationRefused) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Refused}}}
}
