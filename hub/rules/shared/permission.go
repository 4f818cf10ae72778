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

// permissionRequested records a permission request of the agent, once.
func (s *State) permissionRequested(m rules.PermissionRequested) rules.Decision {
	if !s.Active() || s.permission(m.Request.RequestID) != nil {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PermissionRequested{Permission: m.Request.Permission}}}}
}

// answerPermission checks a participant's answer and sends it to the host session, which
// accepts the first one. The answer to the command waits for the outcome.
func (s *State) answerPermission(in rules.Input, c *protocol.AnswerPermission, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	asked := s.permission(c.RequestID)
	if slices.Contains(s.ResolvedPermissions, c.RequestID) {
		return rules.Refuse(protocol.CodePermissionAlreadyResolved, "the request was answered already")
	}
	if asked == nil {
		return rules.Refuse(protocol.CodePermissionNotFound, "no such permission request waits for an answer")
	}
	if !slices.ContainsFunc(asked.Choices, func(o rules.AgentOption) bool { return o.ID == c.OptionID }) {
		return rules.Refuse(protocol.CodeInvalidRequest, "%.40q is none of the options", c.OptionID)
	}
	answer := rules.PermissionAnswer{
		RequestID: c.RequestID,
		OptionID:  c.OptionID,
		By:        p,
		Shared:    s.ID,
		Command:   ref,
		Waiter:    in.IDs[0],
	}
	if ref != nil {
		answer.Waiter = ref.Scope + " " + ref.ID // a repeated command waits for the same outcome
	}
	return rules.Decision{Effects: []rules.Effect{s.sendHost(answer)}, Hold: c.RequestID, Waiter: answer.Waiter}
}

// permissionResolved records the outcome of a permission request and answers the commands
// that wait for it.
func (s *State) permissionResolved(m rules.PermissionResolved) rules.Decision {
	r := m.Resolved
	replies := rules.Release{
		Hold: r.RequestID,
		Err:  protocol.Errorf(protocol.CodePermissionAlreadyResolved, "the request was answered already"),
	}
	var ref *rules.CommandRef
	if m.Answer != nil && m.Answer.Shared == s.ID {
		ref = m.Answer.Command
		replies.Winner = m.Answer.Waiter
		replies.Answer = &protocol.PermissionAnswer{RequestID: r.RequestID, OptionID: m.Answer.OptionID}
	}
	d := rules.Decision{Effects: []rules.Effect{replies}}
	if s.Active() && s.permission(r.RequestID) != nil {
		d.Events = []rules.Event{{Public: &r, Private: rules.Private{Command: ref}}}
	}
	return d
}

// permissionWithdrawn records that a permission request needs no answer any more, and
// refuses the commands that wait for its outcome.
func (s *State) permissionWithdrawn(m rules.PermissionWithdrawn) rules.Decision {
	d := rules.Decision{Effects: []rules.Effect{rules.Release{
		Hold: m.RequestID,
		Err:  protocol.Errorf(protocol.CodePermissionNotFound, "the agent no longer waits for an answer"),
	}}}
	if s.Active() && s.permission(m.RequestID) != nil {
		d.Events = []rules.Event{{Public: &protocol.PermissionWithdrawn{RequestID: m.RequestID}}}
	}
	return d
}
