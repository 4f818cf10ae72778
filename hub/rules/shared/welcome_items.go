package shared

import (
	"encoding/json"
	"unicode/utf8"

	"parley/hub/rules"
	"parley/protocol"
)

const (
	// maxWelcomeText bounds the bytes of one prompt in a welcome, encoded as JSON. The
	// command item returns the whole prompt.
	maxWelcomeText = 4 << 10
	// maxWelcomeTexts bounds the bytes of all prompts in a welcome. If very many prompts
	// wait, a welcome shows less of each.
	maxWelcomeTexts = 256 << 10
	// maxWelcomeName bounds the bytes of each name in the short form of a permission
	// request.
	maxWelcomeName = 256
)

// welcomeItems returns the open prompts and permission requests for a welcome: the
// beginning of each long prompt, and the short form of each long permission request.
func (s *State) welcomeItems() ([]protocol.Approval, []protocol.Permission) {
	approvals := make([]protocol.Approval, 0, len(s.Open))
	permissions := make([]protocol.Permission, 0, len(s.Permissions))
	limit := min(maxWelcomeText, maxWelcomeTexts/max(1, len(s.Open)+len(s.Permissions)))
	for _, o := range s.Open {
		approvals = append(approvals, truncatedApproval(o.Approval, limit))
	}
	for i := range s.Permissions {
		permissions = append(permissions, s.Permissions[i].forWelcome(limit))
	}
	return approvals, permissions
}

// truncatedApproval returns an approval with its texts cut to limit bytes together. It
// marks an approval whose texts were cut.
func truncatedApproval(a protocol.Approval, limit int) protocol.Approval {
	if a.OriginalPrompt != nil {
		limit /= 2
	}
	whole := len(a.Prompt)
	prompt, cut := truncateText(a.Prompt, limit)
	if a.OriginalPrompt != nil {
		whole += len(*a.OriginalPrompt)
		original, cutToo := truncateText(*a.OriginalPrompt, limit)
		a.OriginalPrompt, cut = &original, cut || cutToo
	}
	if a.Prompt = prompt; cut {
		a.Truncated, a.WholeBytes = true, whole
	}
	return a
}

// forWelcome returns the request if it takes at most limit bytes, and otherwise its short
// form, which is marked and has no options.
func (p *openPermission) forWelcome(limit int) protocol.Permission {
	if whole := len(p.ToolCall) + len(p.Options); whole > limit {
		return protocol.Permission{
			RequestID: p.RequestID, ToolCall: p.shortForm, Options: json.RawMessage("[]"), Truncated: true, WholeBytes: whole,
		}
	}
	return p.Permission
}

// withShortForm returns the request with its short form, which is computed once since a
// request can have millions of bytes.
func (p openPermission) withShortForm() openPermission {
	var call struct {
		ToolCallID string `json:"toolCallId"`
		Title      string `json:"title"`
		Kind       string `json:"kind"`
	}
	_ = json.Unmarshal(p.ToolCall, &call) // members that have another type are left out
	if len(call.ToolCallID) > maxWelcomeName {
		call.ToolCallID = "" // a prefix would be another id
	}
	call.Title, _ = truncateText(call.Title, maxWelcomeName)
	call.Kind, _ = truncateText(call.Kind, maxWelcomeName)
	p.shortForm = rules.RawJSON(call)
	return p
}

// truncateText returns the longest prefix of whole characters that takes at most limit
// bytes in JSON. It does not read the rest of the text.
func truncateText(text string, limit int) (prefix string, cut bool) {
	size := 0
	for i, r := range text {
		if size += encodedRuneSize(r); size > limit {
			return text[:i], true
		}
	}
	return text, false
}

// encodedRuneSize returns about how many bytes a character takes in JSON.
func encodedRuneSize(r rune) int {
	switch {
	case r == '\n', r == '\t', r == '\r', r == '"', r == '\\':
		return 2
	case r < ' ', r == '\u2028', r == '\u2029':
		return len(`\u0000`)
	}
	return utf8.RuneLen(r)
}

// itemsBytes returns about how many bytes the items of a welcome take in JSON.
func itemsBytes(approvals []protocol.Approval, permissions []protocol.Permission) int {
	size := 0
	for _, a := range approvals {
		size += itemBytes(a)
	}
	for _, p := range permissions {
		size += len(p.ToolCall) + len(p.Options) + permissionOverhead
	}
	return size
}

// permissionOverhead is about how many bytes a permission request takes in addition to its
// tool call and options.
const permissionOverhead = 64

// itemBytes returns about how many bytes an approval takes in JSON.
func itemBytes(a protocol.Approval) int {
	const rest = 512 // ids, times and names of members
	size := rest + encodedSize(a.Prompt)
	for _, text := range []*string{a.OriginalPrompt, a.Reason, a.ErrorMessage} {
		if text != nil {
			size += encodedSize(*text)
		}
	}
	return size
}
