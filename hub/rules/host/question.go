package host

import (
	"encoding/json"
	"slices"

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
		reply, resolved = elicitationResolved(open, r)
		if r.action == protocol.ElicitationAccept {
			outcome.URL = open.Elicitation.URL
		}
	} else {
		reply, resolved = permissionResolved(open, r)
	}
	outcome.Resolved = resolved
	e := rules.Event{Public: resolved}
	if s.Outlives() {
		e.Private.Answered = r.answer
	}
	d.Events = append(d.Events, e)
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

// withdrawnByAgent ends a question that the agent withdraws. An agent that outlives the
// server is answered by the host session, so that this happens once.
func (s *State) withdrawnByAgent(requestID string) rules.Decision {
	d := s.withdrawQuestion(rules.Decision{}, requestID)
	open := s.OpenQuestion(requestID)
	switch {
	case open == nil || !s.Outlives() || open.Waits():
		return d
	case open.Elicitation != nil:
		return d.With(AnswerElicitation{requestID, open.RPC, rules.ElicitationReply{Action: protocol.ElicitationCancel}})
	}
	return d.With(AnswerAgent{RequestID: requestID, RPC: open.RPC})
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

// The kinds of options of the Agent Client Protocol that an automatic answer may choose, in
// order of preference. It never allows more than one call.
var (
	allowKinds  = []string{"allow_once"}
	rejectKinds = []string{"reject_once", "reject_always"}
)

// optionOfKind returns the id of the first option of the first kind that a request offers;
// empty if it offers none.
func optionOfKind(options []rules.AgentOption, kinds ...string) string {
	for _, k := range kinds {
		if i := slices.IndexFunc(options, func(o rules.AgentOption) bool { return o.Kind == k }); i >= 0 {
			return options[i].ID
		}
	}
	return ""
}

// requestPermission forwards a permission request to the participants, or answers it by the
// session's policy. In a turn that is being cancelled, it answers it as cancelled.
func (s *State) requestPermission(e rules.AgentPermission) rules.Decision {
	request := rules.PermissionRequest{
		Permission: protocol.Permission{RequestID: e.RequestID, ToolCall: nullIfEmpty(e.ToolCall), Options: nullIfEmpty(e.Options), Title: e.Title, Description: e.Description},
		Choices:    e.Choices,
	}
	if s.Cancelling() {
		return rules.Decision{Effects: []rules.Effect{AnswerAgent{RequestID: e.RequestID, RPC: e.RPC}}}
	}
	open := openQuestion{Question: rules.Question{Permission: &request}, Shared: s.askedIn(), RPC: e.RPC}
	d := rules.Decision{Events: []rules.Event{{Public: &protocol.PermissionRequested{Permission: request.Permission}, Private: rules.Private{RPC: e.RPC}}}}
	d = open.send(d, rules.QuestionAsked{Question: open.Question})
	switch s.Session.Permissions {
	case protocol.PermissionsAllow:
		if option := optionOfKind(e.Choices, allowKinds...); option != "" {
			return s.resolveQuestion(d, open, resolution{optionID: option, source: protocol.SourcePolicy})
		}
	case protocol.PermissionsReject:
		return s.resolveQuestion(d, open, resolution{optionID: optionOfKind(e.Choices, rejectKinds...), source: protocol.SourcePolicy})
	}
	return d
}

// nullIfEmpty returns null for a member that the agent left out. The decoded event has null
// as well.
func nullIfEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// permissionResolved returns the effect that answers the agent, and the event.
func permissionResolved(open openQuestion, r resolution) (rules.Effect, protocol.Payload) {
	resolved := &protocol.PermissionResolved{RequestID: open.ID(), Outcome: protocol.OutcomeCancelled, Source: r.source, Participant: r.by()}
	if r.optionID != "" {
		resolved.Outcome, resolved.OptionID = protocol.OutcomeSelected, &r.optionID
	}
	return AnswerAgent{open.ID(), open.RPC, r.optionID}, resolved
}
