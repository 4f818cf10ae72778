package toolcall

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"parley/protocol/view"
)

// Call is what a person is shown of a tool call.
type Call struct {
	Title    string
	Kind     string // empty if the agent has not said it
	RawInput json.RawMessage
	Content  []Content
	Files    []string // with the line after a colon if there is one
}

// New returns what a person is shown of a call.
func New(call view.Call) Call {
	c := Call{Title: call.Title, Kind: call.Kind, RawInput: nonEmpty(call.Input)}
	if c.Kind == "other" {
		c.Kind = ""
	}
	for _, part := range call.Content {
		c.Content = append(c.Content, contentOf(part))
	}
	for _, place := range call.Places {
		c.Files = append(c.Files, PlaceText(place))
	}
	return c
}

// PlaceText returns a path, and the line after a colon if there is one.
func PlaceText(p view.Place) string {
	if p.Line == nil {
		return p.Path
	}
	return p.Path + ":" + strconv.FormatInt(*p.Line, 10)
}

// nonEmpty returns raw, or nil if it is an empty value.
func nonEmpty(raw json.RawMessage) json.RawMessage {
	if s := strings.TrimSpace(string(raw)); s == "" || s == "null" || s == "{}" || s == "[]" || s == `""` {
		return nil
	}
	return raw
}

// WithAnnounced returns the call of a permission request, completed by what the agent
// announced of it. The announced diffs are kept if the request has none.
func (c Call) WithAnnounced(announced Call) Call {
	if c.Title == "" {
		c.Title = announced.Title
	}
	if c.Kind == "" {
		c.Kind = announced.Kind
	}
	if c.RawInput == nil {
		c.RawInput = announced.RawInput
	}
	if len(c.Content) == 0 {
		c.Content = announced.Content
	}
	if len(c.Files) == 0 {
		c.Files = announced.Files
	}
	if len(diffsIn(c.Content)) == 0 {
		c.Content = slices.Concat(c.Content, diffsIn(announced.Content))
	}
	return c
}

// Size returns the approximate size of the call in bytes.
func (c Call) Size() int {
	size := len(c.Title) + len(c.RawInput)
	for _, p := range c.Content {
		size += p.size()
	}
	return size
}

// Heading returns the title or, if there is none, the command or the kind.
func (c Call) Heading() string {
	for _, title := range []string{c.Title, c.command(), c.Kind} {
		if strings.TrimSpace(title) != "" {
			return title
		}
	}
	return "do something without a title"
}

// input returns the members of the raw input, if it is an object.
func (c Call) input() (members map[string]json.RawMessage) {
	_ = json.Unmarshal(c.RawInput, &members)
	return members
}

// command returns the whole command line in the raw input, or an empty string.
func (c Call) command() string {
	var parts []string
	for _, name := range []string{"command", "cmd", "args"} {
		if text, ok := commandLine(c.input()[name]); ok && text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// RunningDetails returns the details that are shown while the call runs: its command,
// scripts and diffs. Its text content is its output.
func (c Call) RunningDetails() []Detail {
	c.Content = diffsIn(c.Content)
	return slices.DeleteFunc(c.Details(), func(d Detail) bool { return d.Label != "" && d.Label != "script" })
}
