package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Questions of the agent are permission requests and elicitations. The host session accepts
// the first answer to one, from whichever shared session it comes.

// questions returns the ids of the open questions, including pages that are not finished.
func (s *State) questions() []string {
	var ids []string
	for _, p := range s.Permissions {
		ids = append(ids, p.RequestID)
	}
	for _, e := range s.Elicitations {
		ids = append(ids, e.RequestID)
	}
	return ids
}

// questionAsked records a question of the agent, once.
func (s *State) questionAsked(m rules.QuestionAsked) rules.Decision {
	id := m.Question.ID()
	if !s.Active() || s.permission(id) != nil || s.elicitation(id) != nil {
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
	answer.Shared, answer.Command, answer.Waiter = s.ID, ref, in.IDs[0]
	if ref != nil {
		answer.Waiter = ref.Scope + " " + ref.ID // a repeated command waits for the same outcome
	}
	return rules.Decision{Effects: []rules.Effect{s.sendHost(answer)}, Hold: answer.RequestID, Waiter: answer.Waiter}
}

// questionResolved records the outcome of a question and answers the commands that wait
// for it.
func (s *State) questionResolved(m rules.QuestionResolved) rules.Decision {
	e, open := rules.Event{Public: m.Resolved}, s.permission(m.RequestID) != nil
	replies := rules.Release{Hold: m.RequestID}
	var answer any
	switch r := m.Resolved.(type) {
	case *protocol.PermissionResolved:
		replies.Err = protocol.Errorf(protocol.CodePermissionAlreadyResolved, "the request was answered already")
		answer = &protocol.PermissionAnswer{RequestID: r.RequestID, OptionID: deref(r.OptionID)}
	case *protocol.ElicitationResolved:
		open = s.elicitation(r.RequestID) != nil
		replies.Err = elicitationResolvedError()
		if m.Answer != nil && m.Answer.Shared == s.ID { // other sessions do not learn what was filled in
			e.Private.Answer = givenBy(r, m)
		}
		answer = answerOf(r, e)
	}
	if m.Answer != nil && m.Answer.Shared == s.ID {
		e.Private.Command = m.Answer.Command
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
	case s.elicitation(m.RequestID) != nil:
		code, withdrawn = protocol.CodeElicitationNotFound, &protocol.ElicitationWithdrawn{RequestID: m.RequestID}
	case s.permission(m.RequestID) != nil:
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
