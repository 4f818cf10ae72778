package toolcall

import (
	"cmp"
	"encoding/json"
	"strings"

	"parley/protocol/view"
)

// ContentText returns the text in a call's content.
func ContentText(content []view.ToolContent) string {
	var b strings.Builder
	for _, c := range content {
		if c.Type == "block" && c.Block.Type == "text" {
			b.WriteString(unfence(c.Block.Text()))
		}
	}
	return b.String()
}

// unfence returns the content of a text that is one fenced code block of Markdown, or the
// text itself.
func unfence(text string) string {
	fence, body, ok := strings.Cut(strings.TrimSpace(text), "\n")
	body, closed := strings.CutSuffix(body, "```")
	if !ok || !closed || !strings.HasPrefix(fence, "```") || strings.Contains(body, "```") {
		return text
	}
	return body
}

// RawText returns the text in a call's raw output, in the forms that agents use.
func RawText(rawOutput json.RawMessage) string {
	var text string
	if json.Unmarshal(rawOutput, &text) == nil {
		return text
	}
	var formatted, aggregated, output, stdout, stderr string
	var members map[string]json.RawMessage
	_ = json.Unmarshal(rawOutput, &members)
	for name, into := range map[string]*string{
		"formatted_output": &formatted, "aggregated_output": &aggregated, "output": &output, "stdout": &stdout, "stderr": &stderr,
	} {
		_ = json.Unmarshal(members[name], into) // a member of the wrong type is left out
	}
	return cmp.Or(formatted, aggregated, output, stdout+stderr)
}
