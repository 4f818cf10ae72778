package shared

import (
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// permission returns an open permission request; nil for none.
func (s *State) permission(requestID string) *openPermission {
	i := slices.IndexFunc(s.Permissions, func(p openPermission) bool { return p.RequestID == requestID })
	if i < 0 {
		return nil
	}
	return &s.Permissions[i]
}

// answerPermission checks a participant's answer to a permission request.
func (s *State) answerPermission(in rules.Input, c *protocol.AnswerPermission, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	asked := s.permission(c.RequestID)
	if slices.Contains(s.ResolvedQuestions, c.RequestID) {
		return rules.Refuse(protocol.CodePermissionAlreadyResolved, "the request was answered already")
	}
	if asked == nil {
		return rules.Refuse(protocol.CodePermissionNotFound, "no such permission request waits for an answer")
	}
	if !slices.ContainsFunc(asked.Choices, func(o rules.AgentOption) bool { return o.ID == c.OptionID }) {
		return rules.Refuse(protocol.CodeInvalidRequest, "%.40q is none of the options", c.OptionID)
	}
	return s.sendAnswer(in, rules.QuestionAnswer{RequestID: c.RequestID, OptionID: c.OptionID, By: p}, ref)
}
