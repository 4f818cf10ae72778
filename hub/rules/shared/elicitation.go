package shared

import (
	"slices"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/form"
)

// What people fill in may be secret. It reaches the agent by a message that is not stored,
// and the journal in the private part of the event, which no read of events returns. The
// state does not hold it: [State.item] reads it from the journal for those who may see it.

// openElicitation is a request for input that has no answer, or whose page is not finished.
type openElicitation struct {
	protocol.Elicitation

	// derived from the above
	bytes int // of the encoding
}

// answeredElicitation is the answer of a participant that can be read.
type answeredElicitation struct {
	RequestID string
	By        string      // the participant
	Page      bool        // the answer has the URL of a page
	Seq       journal.Seq // of the event
}

// measure computes the size of the request.
func (e *openElicitation) measure() { e.bytes = len(rules.RawJSON(e.Elicitation)) }

// forWelcome returns the request if it takes at most limit bytes, and otherwise the
// beginning of its message, marked and without a form.
func (e *openElicitation) forWelcome(limit int) protocol.Elicitation {
	if e.bytes <= limit {
		return e.Elicitation
	}
	short := e.Elicitation
	short.Form, short.Truncated, short.WholeBytes = nil, true, e.bytes
	short.Message, _ = truncateText(short.Message, limit/2)
	if len(short.ToolCallID) > maxWelcomeName {
		short.ToolCallID = ""
	}
	return short
}

// elicitation returns an open elicitation; nil for none.
func (s *State) elicitation(requestID string) *openElicitation {
	i := slices.IndexFunc(s.Elicitations, func(e openElicitation) bool { return e.RequestID == requestID })
	if i < 0 {
		return nil
	}
	return &s.Elicitations[i]
}

// answered returns the answer to an elicitation that can be read; nil for none.
func (s *State) answered(requestID string) *answeredElicitation {
	i := slices.IndexFunc(s.Answered, func(a answeredElicitation) bool { return a.RequestID == requestID })
	if i < 0 {
		return nil
	}
	return &s.Answered[i]
}

// answerElicitation checks a participant's answer to an elicitation.
func (s *State) answerElicitation(in rules.Input, c *protocol.Answer, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	asked := s.elicitation(c.RequestID)
	if slices.Contains(s.ResolvedQuestions, c.RequestID) || asked != nil && asked.AcceptedBy != nil {
		return rules.Decision{Err: elicitationResolvedError()}
	}
	if asked == nil {
		return rules.Refuse(protocol.CodeElicitationNotFound, "no such request for input waits for an answer")
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

// read returns the answer to an elicitation: the URL of a page to the participant who has
// accepted to open it, and the content of a form to everyone who may answer.
func (a *answeredElicitation) read(p protocol.Participant) rules.Decision {
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
	if !s.Active() || s.elicitation(m.RequestID) == nil {
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

// applyElicitation applies an event about an elicitation. It ignores other events.
func (s *State) applyElicitation(e rules.Event, at rules.Stamp) {
	switch p := e.Public.(type) {
	case *protocol.ElicitationRequested:
		asked := openElicitation{Elicitation: p.Elicitation}
		asked.measure()
		s.Elicitations = append(s.Elicitations, asked)
	case *protocol.ElicitationResolved:
		s.applyElicitationResolved(p, e.Private.Answer, at)
	case *protocol.ElicitationWithdrawn:
		s.dropElicitation(p.RequestID)
	case *protocol.ElicitationCompleted:
		s.dropElicitation(p.RequestID)
	}
}

func (s *State) applyElicitationResolved(p *protocol.ElicitationResolved, given *protocol.ElicitationAnswer, at rules.Stamp) {
	s.ResolvedQuestions = rules.KeepLast(append(s.ResolvedQuestions, p.RequestID), maxResolvedQuestions)
	if p.Participant != nil {
		s.markDecider(p.Participant.ID)
	}
	if given != nil {
		a := answeredElicitation{RequestID: p.RequestID, By: p.Participant.ID, Page: given.URL != "", Seq: at.Seq}
		s.Answered = rules.KeepLast(append(s.Answered, a), maxResolvedQuestions)
	}
	open := s.elicitation(p.RequestID)
	if open != nil && open.Mode == protocol.ElicitationModeURL && p.Action == protocol.ElicitationAccept {
		open.AcceptedBy = p.Participant
		open.measure()
		return
	}
	s.dropElicitation(p.RequestID)
}

func (s *State) dropElicitation(requestID string) {
	s.Elicitations = slices.DeleteFunc(s.Elicitations, func(e openElicitation) bool { return e.RequestID == requestID })
}
