package hub

import (
	"slices"

	"parley/protocol"
)

// item returns a pending prompt or permission request whole. A welcome may have only
// the beginning of a long one.
func (s *sharedState) item(c *protocol.Item) decision {
	if c.RequestID != "" {
		return s.wholePermission(c.RequestID)
	}
	if o := s.open(c.ApprovalID); o != nil {
		whole := o.Approval // a copy, since the answer is encoded while the state changes
		return decision{answer: &protocol.ItemAnswer{Approval: &whole}}
	}
	return notOpen(c.ApprovalID, askedToShow)
}

func (s *sharedState) wholePermission(requestID string) decision {
	if p := s.permission(requestID); p != nil {
		whole := p.Permission
		return decision{answer: &protocol.ItemAnswer{Permission: &whole}}
	}
	if slices.Contains(s.Settled, requestID) {
		return refuse(protocol.CodePermissionAlreadyResolved, "the request was answered already")
	}
	return refuse(protocol.CodePermissionNotFound, "no such request waits for an answer")
}
