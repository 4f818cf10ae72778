package join

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// toolCall is what is known of a tool call of the agent: what it announced, and
// every update of it since. Members of another shape than the Agent Client
// Protocol's are kept as if they were not there, except the raw input.
type toolCall struct {
	ID        string          `json:"toolCallId"`
	Title     string          `json:"title"`
	Kind      string          `json:"kind"`
	Status    string          `json:"status"`
	RawInput  json.RawMessage `json:"rawInput"`
	RawOutput json.RawMessage `json:"rawOutput"`
	Content   []content       `json:"content"`
	Locations []location      `json:"locations"`
	Other     json.RawMessage `json:"-"` // content of another shape
}

type location struct {
	Path string `json:"path"`
}

type content struct {
	Type       string   `json:"type"`
	Text       string   `json:"text"`
	Content    *content `json:"content"`
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

	raw json.RawMessage // of a part of no known shape
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *content) UnmarshalJSON(raw []byte) error {
	type plain content
	if err := json.Unmarshal(raw, (*plain)(c)); err != nil {
		return err
	}
	if c.Content == nil && !slices.Contains(knownContent, c.Type) {
		c.raw = bytes.Clone(raw)
	}
	return nil
}

// knownContent are the types of which the members above are all that is shown.
var knownContent = []string{"content", "diff", "terminal", "text", "image", "audio", "resource", "resource_link"}

// decodeCall reads a tool call, or an update of one, member by member.
func decodeCall(raw json.RawMessage) (c toolCall) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members)
	for name, into := range map[string]any{
		"toolCallId": &c.ID, "title": &c.Title, "kind": &c.Kind, "status": &c.Status,
		"content": &c.Content, "locations": &c.Locations,
	} {
		if json.Unmarshal(members[name], into) != nil && name == "content" {
			c.Other = given(members[name])
		}
	}
	c.RawInput, c.RawOutput = given(members["rawInput"]), given(members["rawOutput"])
	return c
}

// given returns raw unless it says nothing.
func given(raw json.RawMessage) json.RawMessage {
	if s := string(bytes.TrimSpace(raw)); s == "" || s == "null" || s == "{}" || s == "[]" || s == `""` {
		return nil
	}
	return raw
}

// with returns the call as an update leaves it.
func (c toolCall) with(update toolCall) toolCall {
	for into, value := range map[*string]string{&c.ID: update.ID, &c.Title: update.Title, &c.Kind: update.Kind, &c.Status: update.Status} {
		if value != "" {
			*into = value
		}
	}
	if update.RawInput != nil {
		c.RawInput = update.RawInput
	}
	if update.RawOutput != nil {
		c.RawOutput = update.RawOutput
	}
	if update.Content != nil {
		c.Content = update.Content
	}
	if update.Other != nil {
		c.Other = update.Other
	}
	if update.Locations != nil {
		c.Locations = update.Locations
	}
	return c
}

// over returns the call as the question shows it: what the question leaves out
// is as it was announced, and its diffs stay.
func (c toolCall) over(announced toolCall) toolCall {
	all := announced.with(c)
	if len(diffs(all.Content)) == 0 {
		all.Content = slices.Concat(all.Content, diffs(announced.Content))
	}
	return all
}

func (c toolCall) size() int {
	size := len(c.Title) + len(c.RawInput) + len(c.RawOutput)
	for _, p := range c.Content {
		size += p.size()
	}
	return size
}

func (c content) size() int {
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

// heading is the title, or what stands for it.
func (c toolCall) heading() string {
	for _, title := range []string{c.Title, c.command(), c.Kind} {
		if strings.TrimSpace(title) != "" {
			return title
		}
	}
	return "something that it does not name"
}

// input returns the members of the raw input, if it is an object.
func (c toolCall) input() (members map[string]json.RawMessage) {
	_ = json.Unmarshal(c.RawInput, &members)
	return members
}

// command returns what the raw input says will be run, whole, or nothing.
func (c toolCall) command() string {
	var parts []string
	for _, name := range []string{"command", "cmd", "args"} {
		if text, ok := words(c.input()[name]); ok && text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// words reads a text, or a list of texts as a shell would need them quoted.
func words(raw json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, raw != nil
	}
	var list []string
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return "", false
	}
	for i, word := range list {
		list[i] = quoted(word)
	}
	return strings.Join(list, " "), true
}

// quoted quotes a word where a shell would take it for something else.
func quoted(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// detail is one part of what a call does.
type detail struct {
	label string // what it is, empty for the command itself
	text  string // as the agent wrote it
}

// details is everything that is decided when the call is allowed, apart from
// its heading.
func (c toolCall) details() (found []detail) {
	add := func(label, text string) {
		if strings.TrimSpace(text) != "" {
			found = append(found, detail{label, text})
		}
	}
	if command := c.command(); command != strings.TrimSpace(c.Title) {
		add("", command)
	}
	rest := c.input()
	if script, ok := words(rest["script"]); ok {
		add("script", script)
	}
	for _, name := range []string{"command", "cmd", "args", "script"} {
		if _, ok := words(rest[name]); ok {
			delete(rest, name)
		}
	}
	for _, p := range c.Content {
		switch {
		case p.Type == "diff":
			add("", diffText(p))
		case p.Content != nil:
			c.addBlock(*p.Content, add)
		case p.Type != "terminal" && p.Type != "content":
			c.addBlock(p, add)
		}
	}
	add("content", string(c.Other))
	c.dropSeen(rest)
	switch {
	case c.RawInput != nil && c.input() == nil:
		add("input", string(c.RawInput))
	case len(rest) > 0:
		add("input", asJSON(rest))
	}
	for _, l := range c.Locations {
		if !c.mentions(l.Path, found) {
			add("file", l.Path)
		}
	}
	return found
}

// addBlock adds what a block says. One of no known type is added as it is.
func (c toolCall) addBlock(b content, add func(label, text string)) {
	switch {
	case b.raw != nil:
		add("content", string(b.raw))
	case b.Type == "text":
		if !c.said(b.Text) {
			add("", b.Text)
		}
	case b.Resource != nil:
		add("", b.Resource.URI)
		add("", b.Resource.Text)
	default:
		add("", "["+strings.Join(strings.Fields(b.Type+" "+b.Name+" "+b.URI), " ")+"]")
	}
}

// said reports whether the raw input or the title says the same already.
func (c toolCall) said(text string) bool {
	text = strings.TrimSpace(text)
	for _, raw := range c.input() {
		var value string
		if json.Unmarshal(raw, &value) == nil && strings.TrimSpace(value) == text {
			return true
		}
	}
	return text == strings.TrimSpace(c.Title)
}

// mentions reports whether a path stands in the heading or the details.
func (c toolCall) mentions(path string, found []detail) bool {
	return strings.Contains(c.Title, path) ||
		slices.ContainsFunc(found, func(d detail) bool { return strings.Contains(d.text, path) })
}

// oneLineJSON is the longest object in bytes that is written on one line.
const oneLineJSON = 80

// asJSON writes members as an object that people can read, with every
// character as itself, so that none hides behind an escape.
func asJSON(members map[string]json.RawMessage) string {
	values := map[string]any{}
	for name, raw := range members {
		var value any
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if decoder.Decode(&value) != nil {
			value = string(raw)
		}
		values[name] = value
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(values) != nil {
		return ""
	}
	if b.Len() > oneLineJSON {
		b.Reset()
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(values)
	}
	return strings.TrimSpace(b.String())
}
