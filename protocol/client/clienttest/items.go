package clienttest

import (
	"encoding/json"

	"parley/protocol"
)

// welcomeBytes bounds the text of an item in a welcome.
const welcomeBytes = 4 << 10

// cutApproval truncates a long prompt.
func cutApproval(a protocol.Approval) protocol.Approval {
	if len(a.Prompt) > welcomeBytes {
		a.Truncated, a.WholeBytes, a.Prompt = true, len(a.Prompt), a.Prompt[:welcomeBytes]
	}
	return a
}

// cutPermission truncates a long question.
func cutPermission(p protocol.Permission) protocol.Permission {
	whole := len(p.ToolCall) + len(p.Options)
	if whole <= welcomeBytes {
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

// item returns a pending item with its whole text. The caller holds s.mu.
func (s *Server) item(c *protocol.Item) (any, *protocol.Error) {
	if a := s.approvals[c.ApprovalID]; a != nil {
		return protocol.ItemAnswer{Approval: a}, nil
	}
	if p, pending := s.asked[c.RequestID]; pending {
		return protocol.ItemAnswer{Permission: &p}, nil
	}
	return nil, protocol.Errorf(protocol.CodeApprovalNotFound, "there is no such item")
}
