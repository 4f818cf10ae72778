package brief

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Approval returns an approval with its texts cut to limit bytes together, and
// without content if that is longer. It marks an approval that is not whole.
func Approval(a protocol.Approval, limit int) protocol.Approval {
	leftOut := PromptSize(protocol.Approval{Content: a.Content})
	if leftOut <= limit {
		limit, leftOut = limit-leftOut, 0
	} else {
		a.Content = nil
	}
	if a.OriginalPrompt != nil {
		limit /= 2
	}
	whole := len(a.Prompt)
	prompt, cut := Text(a.Prompt, limit)
	if a.OriginalPrompt != nil {
		whole += len(*a.OriginalPrompt)
		original, cutToo := Text(*a.OriginalPrompt, limit)
		a.OriginalPrompt, cut = &original, cut || cutToo
	}
	if a.Prompt = prompt; cut || leftOut > 0 {
		a.Truncated, a.WholeBytes = true, whole+leftOut
	}
	return a
}

// PromptSize returns about how many bytes a prompt with its content takes in JSON.
func PromptSize(a protocol.Approval) int {
	size := TextSize(a.Prompt) + rules.ContentBytes(a.Content)
	for _, c := range a.Content {
		size += TextSize(c.Text) - len(c.Text)
	}
	return size
}

// ItemsSize returns about how many bytes the items of a welcome take in JSON.
func ItemsSize(w *protocol.Welcome) int {
	size := 0
	for _, a := range w.Approvals {
		size += approvalSize(a)
	}
	for _, p := range w.Permissions {
		size += len(p.ToolCall) + len(p.Options) + len(p.Title) + len(p.Description) + permissionOverhead
	}
	for _, e := range w.Elicitations {
		size += len(rules.RawJSON(e)) + len(",")
	}
	return size
}

// permissionOverhead is about how many bytes a permission request takes in addition to its
// tool call and options.
const permissionOverhead = 64

// approvalSize returns about how many bytes an approval takes in JSON.
func approvalSize(a protocol.Approval) int {
	const rest = 512 // ids, times and names of members
	size := rest + PromptSize(a)
	for _, text := range []*string{a.OriginalPrompt, a.Reason, a.ErrorMessage} {
		if text != nil {
			size += TextSize(*text)
		}
	}
	return size
}
