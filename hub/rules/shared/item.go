package shared

import (
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// item returns a pending prompt or permission request whole. A welcome may have only
// the beginning of a long one.
func (s *State) item(c *protocol.Item) rules.Decision {
	if c.RequestID != "" {
		return s.wholePermission(c.RequestID)
	}
	if o := s.OpenPrompt(c.ApprovalID); o != nil {
		whole := o.Approval // a copy, since the answer is encoded while the state changes
		return rules.Decision{Answer: &protocol.ItemAnswer{Approval: &whole}}
	}
	return notOpen(c.ApprovalID, requestItem)
}

func (s *State) wholePermission(requestID string) rules.Decision {
	if p := s.permission(requestID); p != nil {
		whole := p.Permission
		return rules.Decision{Answer: &protocol.ItemAnswer{Permission: &whole}}
	}
	if slices.Contains(s.ResolvedPermissions, requestID) {
		return rules.Refuse(protocol.CodePermissionAlreadyResolved, "the request was answered already")
	}
	return rules.Refuse(protocol.CodePermissionNotFound, "no such request waits for an answer")
}
