package hub

import "parley/protocol"

func (s *sharedState) rightsOf(p protocol.Participant) rights {
	return rightsOf(p.Role, s.Session.Mode)
}

func (s *sharedState) chat(in input, c *protocol.Chat, p protocol.Participant) decision {
	if !s.rightsOf(p).comment {
		return refuse(protocol.CodeCommentNotAllowed, "a %s cannot comment while the mode is %s", p.Role, s.Session.Mode)
	}
	m := protocol.Message{
		ID:              in.ids[0],
		SharedSessionID: s.ID.String(),
		ParticipantID:   p.ID,
		AuthorUserID:    p.UserID,
		Kind:            protocol.MessageComment,
		Text:            c.Text,
		CreatedAt:       in.at,
	}
	if c.ReplyTo != "" {
		m.ReplyTo = &c.ReplyTo
	}
	return decision{events: []event{primaryEvent(&protocol.MessageCreated{Message: m, Participant: p})}}
}

func (s *sharedState) typing(c *protocol.Typing, p protocol.Participant) decision {
	if !s.rightsOf(p).comment {
		return refuse(protocol.CodeCommentNotAllowed, "a %s cannot comment while the mode is %s", p.Role, s.Session.Mode)
	}
	return decision{effects: []effect{typingNow{p.ID, c.Active}}, answer: struct{}{}}
}
