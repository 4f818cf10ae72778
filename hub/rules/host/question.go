package host

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Questions of the agent are permission requests and elicitations. Both wait for the first
// valid answer of a participant, and end with the turn, with the agent, when the agent
// withdraws them, or by a time-out.

// resolution is the outcome of a question. Without an option or an action, it is cancelled.
type resolution struct {
	optionID string                     // of a permission request
	action   protocol.ElicitationAction // of an elicitation
	source   protocol.PermissionSource
	answer   *rules.QuestionAnswer // the participant's; nil for another source
}

// by returns the participant who answered; nil for another source.
func (r resolution) by() *protocol.Participant {
	if r.answer == nil {
		return nil
	}
	return &r.answer.By
}

// answerQuestion decides on a participant's answer, and accepts the first one.
func (s *State) answerQuestion(m rules.QuestionAnswer) rules.Decision {
	open := s.OpenQuestion(m.RequestID)
	if open == nil {
		return rules.Decision{Effects: []rules.Effect{rules.Send{To: m.Shared, Message: rules.QuestionWithdrawn{RequestID: m.RequestID}}}}
	}
	if open.Waits() {
		return rules.Decision{} // the outcome, which refuses this answer, is on its way
	}
	return s.resolveQuestion(rules.Decision{}, *open, resolution{m.OptionID, m.Action, protocol.SourceParticipant, &m})
}

// resolveQuestion answers the agent and reports the outcome to the shared sessions that
// have the question.
func (s *State) resolveQuestion(d rules.Decision, open openQuestion, r resolution) rules.Decision {
	var reply rules.Effect
	var resolved protocol.Payload
	outcome := rules.QuestionResolved{RequestID: open.ID(), Answer: r.answer}
	if open.Elicitation != nil {
		reply, resolved = elicitationResolved(open.ID(), r)
		if r.action == protocol.ElicitationAccept {
			outcome.URL = open.Elicitation.URL
		}
	} else {
		reply, resolved = permissionResolved(open.ID(), r)
	}
	outcome.Resolved = resolved
	d.Events = append(d.Events, rules.Event{Public: resolved})
	return open.send(d.With(reply), outcome)
}

// withdrawQuestion ends a question that needs no answer any more, or the wait for a page.
func (s *State) withdrawQuestion(d rules.Decision, requestID string) rules.Decision {
	open := s.OpenQuestion(requestID)
	if open == nil {
		return d
	}
	var withdrawn protocol.Payload = &protocol.PermissionWithdrawn{RequestID: requestID}
	if open.Elicitation != nil {
		withdrawn = &protocol.ElicitationWithdrawn{RequestID: requestID}
	}
	d.Events = append(d.Events, rules.Event{Public: withdrawn})
	return open.send(d, rules.QuestionWithdrawn{RequestID: requestID})
}

// withdrawQuestions ends all questions.
func (s *State) withdrawQuestions(d rules.Decision) rules.Decision {
	for _, q := range s.Questions {
		d = s.withdrawQuestion(d, q.ID())
	}
	return d
}

// cancelQuestion ends a question without a participant's answer.
func (s *State) cancelQuestion(d rules.Decision, open openQuestion, source protocol.PermissionSource) rules.Decision {
	if open.Waits() {
		return s.withdrawQuestion(d, open.ID()) // the agent has its answer
	}
	r := resolution{source: source}
	if source == protocol.SourceTimeout && open.Permission != nil {
		r.optionID = optionOfKind(open.Permission.Choices, rejectKinds...)
	}
	return s.resolveQuestion(d, open, r)
}

// send returns the decision with a message to the shared sessions that have the question.
// Later turns do not change which ones these are.
func (q *openQuestion) send(d rules.Decision, message rules.Message) rules.Decision {
	if q.Shared.IsZero() {
		return d.With(Broadcast{message})
	}
	return d.With(rules.Send{To: q.Shared, Message: message})
}

// cancelling reports whether the running turn is being cancelled.
func (s *State) cancelling() bool { return s.Running != nil && s.Running.Cancelling != "" }
