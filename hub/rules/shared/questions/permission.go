package questions

import (
	"encoding/json"

	"parley/hub/rules"
	"parley/hub/rules/shared/brief"
	"parley/protocol"
)

// MaxName bounds the bytes of each name in the short form of a question.
const MaxName = 256

// Permission is a permission request that waits for an answer.
type Permission struct {
	rules.PermissionRequest

	Masked *protocol.Permission `json:",omitempty"` // as others than deciders see it; nil if there is nothing to mask

	// derived from the above
	shortForm json.RawMessage // the tool call in a welcome that does not show the request whole
}

// Brief returns the request if it takes at most limit bytes, and otherwise its short
// form, which is marked and has no options.
func (p *Permission) Brief(limit int) protocol.Permission {
	if whole := p.size(); whole > limit {
		return protocol.Permission{
			RequestID: p.RequestID, ToolCall: p.shortForm, Options: json.RawMessage("[]"), Truncated: true, WholeBytes: whole,
		}
	}
	return p.Permission
}

// size returns the size of what participants decide on, in bytes.
func (p *Permission) size() int {
	return len(p.ToolCall) + len(p.Options) + len(p.Title) + len(p.Description)
}

// For returns the request as a reader sees it.
func (p *Permission) For(reader rules.Projection) *Permission {
	if p.Masked == nil || reader.Whole {
		return p
	}
	masked := NewPermission(rules.NewPermissionRequest(*p.Masked))
	return &masked
}

// NewPermission returns an open permission request.
func NewPermission(r rules.PermissionRequest) Permission {
	return Permission{PermissionRequest: r}.withShortForm()
}

// withShortForm returns the request with its short form, which is computed once since a
// request can have millions of bytes.
func (p Permission) withShortForm() Permission {
	var call struct {
		ToolCallID string `json:"toolCallId"`
		Title      string `json:"title"`
		Kind       string `json:"kind"`
	}
	_ = json.Unmarshal(p.ToolCall, &call) // members that have another type are left out
	if len(call.ToolCallID) > MaxName {
		call.ToolCallID = "" // a prefix would be another id
	}
	call.Title, _ = brief.Text(call.Title, MaxName)
	call.Kind, _ = brief.Text(call.Kind, MaxName)
	p.shortForm = rules.RawJSON(call)
	return p
}
