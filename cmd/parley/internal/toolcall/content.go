package toolcall

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Content is a part of a call's content, or a block in it. Its members are those of all
// types of content in the Agent Client Protocol.
type Content struct {
	Type       string   `json:"type"`
	Text       string   `json:"text"`
	Content    *Content `json:"content"`
	Path       string   `json:"path"`
	OldText    *string  `json:"oldText"`
	NewText    string   `json:"newText"`
	TerminalID string   `json:"terminalId"`
	Name       string   `json:"name"`
	URI        string   `json:"uri"`
	Resource   *struct {
		URI  string `json:"uri"`
		Text string `json:"text"`
	} `json:"resource"`

	raw json.RawMessage // the whole part, if its type is unknown
}

// knownContent are the types whose members Content has.
var knownContent = []string{"content", "diff", "terminal", "text", "image", "audio", "resource", "resource_link"}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Content) UnmarshalJSON(raw []byte) error {
	type plain Content
	if err := json.Unmarshal(raw, (*plain)(c)); err != nil {
		return err
	}
	if c.Content == nil && !slices.Contains(knownContent, c.Type) {
		c.raw = bytes.Clone(raw)
	}
	return nil
}

func (c Content) size() int {
	size := len(c.Text) + len(c.NewText) + len(c.raw)
	if c.OldText != nil {
		size += len(*c.OldText)
	}
	if c.Resource != nil {
		size += len(c.Resource.Text)
	}
	if c.Content != nil {
		size += c.Content.size()
	}
	return size
}

// commandLine decodes a string, or a list of strings, which it joins and quotes as a shell
// requires.
func commandLine(raw json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, raw != nil
	}
	var list []string
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return "", false
	}
	for i, word := range list {
		list[i] = shellQuote(word)
	}
	return strings.Join(list, " "), true
}

// shellSafe are the characters that a shell does not interpret.
const shellSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%"

// shellQuote quotes a word if a shell would interpret it.
func shellQuote(word string) string {
	if word != "" && strings.Trim(word, shellSafe) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
