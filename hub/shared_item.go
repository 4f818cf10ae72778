package hub

import (
	"slices"

	"parley/protocol"
)

// item shows something that waits, whole: a welcome has the beginnings of long
// texts alone.
func (s *sharedState) item(c *protocol.Item) decision {
	if c.RequestID != "" {
		return s.wholePermission(c.RequestID)
	}
	if o := s.open(c.ApprovalID); o != nil {
		whole := o.Approval // the answer is encoded while the state goes on changing
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
