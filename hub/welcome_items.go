package hub

import (
	"encoding/json"
	"unicode/utf8"

	"parley/protocol"
)

const (
	// maxShownText is how many bytes a welcome shows of a text that waits or is on
	// its way to the agent, as they stand in JSON. The command item has all of it.
	maxShownText = 4 << 10
	// maxShownTexts is how many bytes such texts have in a welcome together. Where
	// very many wait, each shows less.
	maxShownTexts = 256 << 10
	// maxShownName is how many bytes a welcome shows of the names in a question
	// that it does not show whole.
	maxShownName = 256
)

// shownItems is how a welcome shows what is not done: a text that is too long by
// its beginning, and a question that is too long by its name.
func (s *sharedState) shownItems() ([]protocol.Approval, []protocol.Permission) {
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

// shownApproval cuts the texts of an approval that have more than most bytes
// together.
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

// shown is the question if it has at most that many bytes, and else its name.
func (p *openPermission) shown(most int) protocol.Permission {
	if whole := len(p.ToolCall) + len(p.Options); whole > most {
		return protocol.Permission{
			RequestID: p.RequestID, ToolCall: p.name, Options: json.RawMessage("[]"), Truncated: true, WholeBytes: whole,
		}
	}
	return p.Permission
}

// named notes what a welcome says of a question that it does not show whole, once:
// it can have millions of bytes.
func (p openPermission) named() openPermission {
	var call struct {
		ToolCallID string `json:"toolCallId"`
		Title      string `json:"title"`
		Kind       string `json:"kind"`
	}
	_ = json.Unmarshal(p.ToolCall, &call) // a member of another type is left out
	if len(call.ToolCallID) > maxShownName {
		call.ToolCallID = "" // a part of an id is another id
	}
	call.Title, _ = beginning(call.Title, maxShownName)
	call.Kind, _ = beginning(call.Kind, maxShownName)
	p.name = rawJSON(call)
	return p
}

// beginning returns at most that many bytes of a text, as they stand in JSON, in
// whole characters. It does not look at the rest of a long text.
func beginning(text string, most int) (shown string, cut bool) {
	size := 0
	for i, r := range text {
		if size += encodedRune(r); size > most {
			return text[:i], true
		}
	}
	return text, false
}

// encodedRune is about how many bytes a character has in JSON.
func encodedRune(r rune) int {
	switch {
	case r == '\n', r == '\t', r == '\r', r == '"', r == '\\':
		return 2
	case r < ' ', r == '\u2028', r == '\u2029':
		return len(`\u0000`)
	}
	return utf8.RuneLen(r)
}

// itemCost is what a part of an answer counts beside its texts, in bytes.
const itemCost = 64

// itemsBytes is about how many bytes what waits has in a welcome.
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

// questionRest is about how many bytes a permission request has beside its tool call
// and options.
const questionRest = 64

// itemBytes is about how many bytes an approval has in JSON.
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
