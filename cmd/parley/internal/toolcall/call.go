package toolcall

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Call is a tool call, as its announcement and all updates since describe it.
type Call struct {
	ID        string
	Title     string
	Kind      string
	Status    string
	RawInput  json.RawMessage // nil if empty
	RawOutput json.RawMessage // nil if empty
	Content   []Content
	Locations []Location
	Other     json.RawMessage // content that is not a list
}

// Location is a file that a call is about.
type Location struct {
	Path string `json:"path"`
}

// Decode decodes a tool call, or an update of one, member by member. It ignores a member
// of the wrong type.
func Decode(raw json.RawMessage) (c Call) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members)
	for name, into := range map[string]any{
		"toolCallId": &c.ID, "title": &c.Title, "kind": &c.Kind, "status": &c.Status,
		"content": &c.Content, "locations": &c.Locations,
	} {
		if json.Unmarshal(members[name], into) != nil && name == "content" {
			c.Other = nonEmpty(members[name])
		}
	}
	c.RawInput, c.RawOutput = nonEmpty(members["rawInput"]), nonEmpty(members["rawOutput"])
	return c
}

// DecodeMembers decodes the members of an object that have the right type into the values
// that into has under their names.
func DecodeMembers(raw json.RawMessage, into map[string]any) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members)
	for name, value := range into {
		_ = json.Unmarshal(members[name], value)
	}
}

// nonEmpty returns raw, or nil if it is an empty value.
func nonEmpty(raw json.RawMessage) json.RawMessage {
	if s := string(bytes.TrimSpace(raw)); s == "" || s == "null" || s == "{}" || s == "[]" || s == `""` {
		return nil
	}
	return raw
}

// Merge returns the call after an update, which replaces the members that it has.
func (c Call) Merge(update Call) Call {
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

// WithAnnounced returns the call of a permission request, completed by what the agent
// announced of it. The announced diffs are kept if the request has none.
func (c Call) WithAnnounced(announced Call) Call {
	all := announced.Merge(c)
	if len(diffsIn(all.Content)) == 0 {
		all.Content = slices.Concat(all.Content, diffsIn(announced.Content))
	}
	return all
}

// Size returns the approximate size of the call in bytes.
func (c Call) Size() int {
	size := len(c.Title) + len(c.RawInput) + len(c.RawOutput)
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
