package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

func (s *State) rightsOf(p protocol.Participant) rules.Rights {
	return rules.RightsOf(p.Role, s.Session.Mode)
}

func (s *State) chat(in rules.Input, c *protocol.Chat, p protocol.Participant) rules.Decision {
	if !s.rightsOf(p).Comment {
		return rules.Refuse(protocol.CodeCommentNotAllowed, "a %s cannot comment while the mode is %s", p.Role, s.Session.Mode)
	}
	m := protocol.Message{
		ID:              in.IDs[0],
		SharedSessionID: s.ID.String(),
		ParticipantID:   p.ID,
		AuthorUserID:    p.UserID,
		Kind:            protocol.MessageComment,
		Text:            c.Text,
		CreatedAt:       in.At,
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
