package shared

import (
	"encoding/json"
	"unicode/utf8"

	"parley/hub/rules"
	"parley/protocol"
)

const (
	// maxShownText is how many bytes of a prompt a welcome shows, encoded as JSON. The
	// command item returns the whole prompt.
	maxShownText = 4 << 10
	// maxShownTexts is how many bytes of all prompts a welcome shows. Where very many
	// prompts wait, it shows less of each.
	maxShownTexts = 256 << 10
	// maxShownName is how many bytes a welcome shows of each name in a permission request
	// that it does not show whole.
	maxShownName = 256
)

// shownItems returns the open prompts and permission requests for a welcome: of a long
// prompt the beginning, of a long permission request the short form.
func (s *State) shownItems() ([]protocol.Approval, []protocol.Permission) {
	approvals := make([]protocol.Approval, 0, len(s.Open))
	permissions := make([]protocol.Permission, 0, len(s.Permissions))
	most := min(maxShownText, maxShownTexts/max(1, len(s.Open)+len(s.Permissions)))
	for _, o := range s.Open {
		approvals = append(approvals, shownApproval(o.Approval, most))
	}
	for i := range s.Permissions {
		permissions = append(permissions, s.Permissions[i].shown(most))
	}
	return approvals, permissions
}

// shownApproval cuts the texts of an approval that take more than most bytes together.
func shownApproval(a protocol.Approval, most int) protocol.Approval {
	if a.OriginalPrompt != nil {
		most /= 2
	}
	whole := len(a.Prompt)
	prompt, cut := beginning(a.Prompt, most)
	if a.OriginalPrompt != nil {
		whole += len(*a.OriginalPrompt)
		original, cutToo := beginning(*a.OriginalPrompt, most)
		a.OriginalPrompt, cut = &original, cut || cutToo
	}
	if a.Prompt = prompt; cut {
		a.Truncated, a.WholeBytes = true, whole
	}
	return a
}

// shown returns the request if it takes at most that many bytes, and else its short
// form.
func (p *openPermission) shown(most int) protocol.Permission {
	if whole := len(p.ToolCall) + len(p.Options); whole > most {
		return protocol.Permission{
			RequestID: p.RequestID, ToolCall: p.name, Options: json.RawMessage("[]"), Truncated: true, WholeBytes: whole,
		}
	}
	return p.Permission
}

// named computes the short form of a permission request, once, since the request can
// take millions of bytes.
func (p openPermission) named() openPermission {
	var call struct {
		ToolCallID string `json:"toolCallId"`
		Title      string `json:"title"`
		Kind       string `json:"kind"`
	}
	_ = json.Unmarshal(p.ToolCall, &call) // members of another type are left out
	if len(call.ToolCallID) > maxShownName {
		call.ToolCallID = "" // the beginning of an id would be another id
	}
	call.Title, _ = beginning(call.Title, maxShownName)
	call.Kind, _ = beginning(call.Kind, maxShownName)
	p.name = rules.RawJSON(call)
	return p
}

// beginning returns the whole characters at the beginning of a text that take at most
// that many bytes in JSON. It does not read the rest of the text.
func beginning(text string, most int) (shown string, cut bool) {
	size := 0
	for i, r := range text {
		if size += encodedRune(r); size > most {
			return text[:i], true
		}
	}
	return text, false
}

// encodedRune returns about how many bytes a character takes in JSON.
func encodedRune(r rune) int {
	switch {
	case r == '\n', r == '\t', r == '\r', r == '"', r == '\\':
		return 2
	case r < ' ', r == '\u2028', r == '\u2029':
		return len(`\u0000`)
	}
	return utf8.RuneLen(r)
}

// itemsBytes returns about how many bytes the items of a welcome take.
func itemsBytes(approvals []protocol.Approval, permissions []protocol.Permission) int {
	size := 0
	for _, a := range approvals {
		size += itemBytes(a)
	}
	for _, p := range permissions {
		size += len(p.ToolCall) + len(p.Options) + questionRest
	}
	return size
}

// questionRest is about how many bytes a permission request takes beside its tool call
// and options.
const questionRest = 64

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
