package host

import (
	"cmp"

	"parley/hub/rules"
	"parley/protocol"
)

// requestElicitation asks the participants for input. In a turn that is being cancelled, it
// answers the request as cancelled. It refuses a request that nobody can see.
func (s *State) requestElicitation(e rules.AgentElicitation) rules.Decision {
	requestID := e.Elicitation.RequestID
	if s.Cancelling() {
		return rules.Decision{Effects: []rules.Effect{AnswerElicitation{requestID, e.RPC, rules.ElicitationReply{Action: protocol.ElicitationCancel}}}}
	}
	open := openQuestion{Question: rules.Question{Elicitation: &rules.Elicitation{Elicitation: e.Elicitation}}, Shared: s.askedIn(), RPC: e.RPC, Page: e.Page}
	if open.Shared.IsZero() && !s.Occupied {
		return rules.Decision{Effects: []rules.Effect{AnswerElicitation{requestID, e.RPC, rules.ElicitationReply{Refusal: "no shared session is open, so nobody can answer"}}}}
	}
	asked := rules.Event{Public: &protocol.ElicitationRequested{Elicitation: e.Elicitation}, Private: rules.Private{URL: e.URL, RPC: e.RPC, Page: e.Page}}
	return open.send(rules.Decision{Events: []rules.Event{asked}}, rules.QuestionAsked{Question: open.Question})
}

// elicitationResolved returns the effect that answers the agent, and the event.
func elicitationResolved(open openQuestion, r resolution) (rules.Effect, protocol.Payload) {
	action := cmp.Or(r.action, protocol.ElicitationCancel)
	reply := rules.ElicitationReply{Action: action}
	if r.answer != nil {
		reply.Content = r.answer.Content
	}
	resolved := &protocol.ElicitationResolved{RequestID: open.ID(), Action: action, Source: r.source, Participant: r.by()}
	return AnswerElicitation{open.ID(), open.RPC, reply}, resolved
}

// elicitationCompleted ends the wait for a page.
func (s *State) elicitationCompleted(e rules.AgentElicitationCompleted) rules.Decision {
	open := s.OpenQuestion(e.RequestID)
	if open == nil || !open.Waits() {
		return rules.Decision{}
	}
	completed := &protocol.ElicitationCompleted{RequestID: e.RequestID}
	d := rules.Decision{Events: []rules.Event{{Public: completed}}}
	return open.send(d, rules.ElicitationCompleted(e))
}

// elicitationRefused reports a request that cannot be shown.
func (s *State) elicitationRefused(e rules.AgentElicitationRefused) rules.Decision {
	place := openQuestion{Shared: s.askedIn()}
	return place.send(rules.Decision{}, rules.ElicitationRefused(e))
}

// applyElicitationResolved keeps an accepted page until it is finished.
func (s *State) applyElicitationResolved(p *protocol.ElicitationResolved) {
	open := s.OpenQuestion(p.RequestID)
	if open != nil && open.Elicitation.Mode == protocol.ElicitationModeURL && p.Action == protocol.ElicitationAccept {
		open.Elicitation.AcceptedBy = p.Participant
		return
	}
	s.dropQuestion(p.RequestID)
}

// shown returns the question as shared sessions receive it, without the URL.
func (q openQuestion) shown() rules.Question {
	if q.Elicitation == nil {
		return q.Question
	}
	return rules.Question{Elicitation: &rules.Elicitation{Elicitation: q.Elicitation.Elicitation}}
}
