package shared

import (
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// closeNormal is the close code of RFC 6455 for a normal closure.
const closeNormal = 1000

func (s *State) setMode(c *protocol.SetMode, p protocol.Participant) rules.Decision {
	next := s.Session
	next.Mode = c.Mode
	next.ApprovalRequired = c.Mode == protocol.ModePromptWithApproval
	return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.SessionUpdated{Session: next, Participant: p})}}
}

// close ends the session in one commit: prompts in flight fail, pending ones stay pending,
// and session_closed, after which all participants have left, is the last event.
func (s *State) close(status protocol.SessionStatus, failure string) rules.Decision {
	var d rules.Decision
	for _, o := range s.InFlight() {
		d.Events = append(d.Events, rules.Event{Public: &protocol.PromptDispatchFailed{ApprovalID: o.Approval.ID, Error: failure}})
		d.Effects = append(d.Effects, s.sendHost(rules.CancelTurn{Approval: o.Approval.ID, Failure: failure}))
	}
	for _, requestID := range s.questions() {
		d.Effects = append(d.Effects, rules.Release{
			Hold: requestID,
			Err:  protocol.Errorf(protocol.CodeSessionInactive, "the session is %s", status),
		})
	}
	d.Events = append(d.Events, rules.PrimaryEvent(&protocol.SessionClosed{Status: status}))
	d.Effects = append(d.Effects,
		s.sendHost(rules.SharedClosed{Shared: s.ID}),
		RecordEnd{},
		Disconnect{Code: protocol.CloseSessionEnded, Reason: "the session is " + string(status)})
	return d
}

// expire closes the session if its time is over.
func (s *State) expire(in rules.Input) rules.Decision {
	if due := s.Due(); due.IsZero() || in.At.Before(due) {
		return rules.Decision{}
	}
	return s.close(protocol.StatusExpired, "the session expired")
}

// Due implements [rules.State].
func (s *State) Due() time.Time {
	if !s.Active() || s.Session.ExpiresAt == nil {
		return time.Time{}
	}
	return *s.Session.ExpiresAt
}

func (s *State) rightsOf(p protocol.Participant) rules.Rights {
	return rules.RightsOf(p.Role, s.Session.Mode)
}

func (s *State) chat(in rules.Input, command Command, c *protocol.Chat, p protocol.Participant) rules.Decision {
	if !s.rightsOf(p).Comment {
		return rules.Refuse(protocol.CodeCommentNotAllowed, "a %s cannot comment while the mode is %s", p.Role, s.Session.Mode)
	}
	content, err := s.content(command)
	if err != nil {
		return rules.Decision{Err: err}
	}
	m := protocol.Message{
		ID:              in.IDs[0],
		SharedSessionID: s.ID.String(),
		ParticipantID:   p.ID,
		AuthorUserID:    p.UserID,
		Kind:            protocol.MessageComment,
		Text:            protocol.NameContent(c.Text, content),
		CreatedAt:       in.At,
		Content:         content,
	}
	if c.ReplyTo != "" {
		m.ReplyTo = &c.ReplyTo
	}
	return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.MessageCreated{Message: m, Participant: p})}}
}

func (s *State) typing(c *protocol.Typing, p protocol.Participant) rules.Decision {
	if !s.rightsOf(p).Comment {
		return rules.Refuse(protocol.CodeCommentNotAllowed, "a %s cannot comment while the mode is %s", p.Role, s.Session.Mode)
	}
	return rules.Decision{Effects: []rules.Effect{TypingChanged{p.ID, c.Active}}, Answer: struct{}{}}
}
