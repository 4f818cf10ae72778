package clienttest

import (
	"encoding/json"

	"parley/protocol"
)

// shownBytes is how much a welcome shows of what waits.
const shownBytes = 4 << 10

func cutApproval(a protocol.Approval) protocol.Approval {
	if len(a.Prompt) > shownBytes {
		a.Truncated, a.WholeBytes, a.Prompt = true, len(a.Prompt), a.Prompt[:shownBytes]
	}
	return a
}

func cutPermission(p protocol.Permission) protocol.Permission {
	whole := len(p.ToolCall) + len(p.Options)
	if whole <= shownBytes {
		return p
	}
	var call struct {
		ToolCallID string `json:"toolCallId"`
		Title      string `json:"title"`
	}
	_ = json.Unmarshal(p.ToolCall, &call)
	name, err := protocol.Marshal(call)
	if err != nil {
		panic(err)
	}
	return protocol.Permission{
		RequestID: p.RequestID, ToolCall: name, Options: json.RawMessage("[]"), Truncated: true, WholeBytes: whole,
	}
}

// item shows something that waits, whole. s.mu is held.
func (s *Server) item(c *protocol.Item) (any, *protocol.Error) {
	if a := s.approvals[c.ApprovalID]; a != nil {
		return protocol.ItemAnswer{Approval: a}, nil
	}
	if p, waits := s.asked[c.RequestID]; waits {
		return protocol.ItemAnswer{Permission: &p}, nil
	}
	return nil, protocol.Errorf(protocol.CodeApprovalNotFound, "there is no such item")
}
