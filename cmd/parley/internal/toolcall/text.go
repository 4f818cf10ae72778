package toolcall

import (
	"cmp"
	"encoding/json"
	"strings"
)

// ContentText returns the text in a call's content, which is a list.
func ContentText(content json.RawMessage) string {
	var b strings.Builder
	for _, c := range Decode(json.RawMessage(`{"content":` + cmp.Or(string(content), "null") + `}`)).Content {
		if c.Type == "content" && c.Content != nil {
			b.WriteString(unfence(c.Content.Text))
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
	DecodeMembers(rawOutput, map[string]any{
		"formatted_output": &formatted, "aggregated_output": &aggregated, "output": &output, "stdout": &stdout, "stderr": &stderr,
	})
	return cmp.Or(formatted, aggregated, output, stdout+stderr)
}
