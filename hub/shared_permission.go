package hub

import (
	"slices"

	"parley/protocol"
)

func (s *sharedState) permission(requestID string) *openPermission {
	i := slices.IndexFunc(s.Permissions, func(p openPermission) bool { return p.RequestID == requestID })
	if i < 0 {
		return nil
	}
	return &s.Permissions[i]
}

func (s *sharedState) permissionAsked(m permissionAsked) decision {
	if !s.active() || s.permission(m.question.RequestID) != nil {
		return decision{}
	}
	return decision{events: []event{{public: &protocol.PermissionRequested{Permission: m.question.Permission}}}}
}

// answerPermission checks an answer and sends it to the host session, which knows
// whether it is the first. The answer to the command waits for the outcome.
func (s *sharedState) answerPermission(in input, c *protocol.AnswerPermission, p protocol.Participant, ref *commandRef) decision {
	asked := s.permission(c.RequestID)
	if slices.Contains(s.Settled, c.RequestID) {
		return refuse(protocol.CodePermissionAlreadyResolved, "the request was answered already")
	}
	if asked == nil {
		return refuse(protocol.CodePermissionNotFound, "no such request waits for an answer")
	}
	if !slices.ContainsFunc(asked.Choices, func(o AgentOption) bool { return o.ID == c.OptionID }) {
		return refuse(protocol.CodeInvalidRequest, "%.40q is none of the options", c.OptionID)
	}
	answer := permissionAnswer{
		requestID: c.RequestID,
		optionID:  c.OptionID,
		by:        p,
		shared:    s.ID,
		command:   ref,
		waiter:    in.ids[0],
	}
	if ref != nil {
		answer.waiter = ref.By + " " + ref.ID // a repeated command waits for the same outcome
	}
	return decision{effects: []effect{s.tellHost(answer)}, hold: c.RequestID, waiter: answer.waiter}
}

func (s *sharedState) permissionSettled(m permissionSettled) decision {
	r := m.resolved
	replies := release{
		hold:  r.RequestID,
		other: protocol.Errorf(protocol.CodePermissionAlreadyResolved, "the request was answered already"),
	}
	var ref *commandRef
	if m.won != nil && m.won.shared == s.ID {
		ref = m.won.command
		replies.winner = m.won.waiter
		replies.answer = &protocol.PermissionAnswer{RequestID: r.RequestID, OptionID: m.won.optionID}
	}
	d := decision{effects: []effect{replies}}
	if s.active() && s.permission(r.RequestID) != nil {
		d.events = []event{{public: &r, private: private{Command: ref}}}
	}
	return d
}

func (s *sharedState) permissionGone(m permissionGone) decision {
	d := decision{effects: []effect{release{
		hold:  m.requestID,
		other: protocol.Errorf(protocol.CodePermissionNotFound, "the agent no longer asks"),
	}}}
	if s.active() && s.permission(m.requestID) != nil {
		d.events = []event{{public: &protocol.PermissionWithdrawn{RequestID: m.requestID}}}
	}
	return d
}
