package view

import (
	"bytes"
	"encoding/json"
	"slices"
)

// ToolContent is a part of what a tool call shows. Its type says which of the members it
// has.
type ToolContent struct {
	Type       string // block, diff, changes, terminal or unknown
	Block      Block
	Path       string  // of diff
	OldText    *string // of diff; nil for a new file
	NewText    string  // of diff
	Changes    []FileChange
	Patch      *string // of changes, in the format of git; nil if there is none
	TerminalID string
	Raw        json.RawMessage // of unknown
}

// FileChange is what a tool call does to a file.
type FileChange struct {
	Operation string  `json:"operation"` // add, delete, modify, move, copy, or a word of the agent's own
	Path      string  `json:"path"`
	OldPath   *string `json:"oldPath"` // where the file was before; nil if it stays in its place
}

// Place is a place in a file.
type Place struct {
	Path string `json:"path"`
	Line *int64 `json:"line"` // counted from 1; nil for the whole file
}

// IsDiff reports whether the part shows changes of files.
func (c ToolContent) IsDiff() bool { return c.Type == "diff" || c.Type == "changes" }

// MarshalJSON encodes the members that the type has.
func (c ToolContent) MarshalJSON() ([]byte, error) {
	members := map[string]any{"type": c.Type}
	switch c.Type {
	case "block":
		members["block"] = c.Block
	case "diff":
		members["path"], members["oldText"], members["newText"] = c.Path, c.OldText, c.NewText
	case "changes":
		members["changes"], members["patch"] = c.Changes, c.Patch
	case "terminal":
		members["terminalId"] = c.TerminalID
	default:
		members["raw"] = c.Raw
	}
	return json.Marshal(members)
}

func (c ToolContent) size() int {
	size := c.Block.size() + len(c.NewText) + len(c.Raw) + 64*len(c.Changes)
	for _, text := range []*string{c.OldText, c.Patch} {
		if text != nil {
			size += len(*text)
		}
	}
	return size
}

// toolFields are the members of a tool call that an announcement or an update contains.
// A missing one is empty.
type toolFields struct {
	name, title, status string
	kind                *string
	content             []ToolContent
	places              []Place
	input, output       json.RawMessage
	terminals           []terminalNews
	canStop             change[bool]
}

// isEmpty reports whether an update contains nothing of the call.
func (f toolFields) isEmpty() bool {
	return f.name == "" && f.title == "" && f.status == "" && f.kind == nil && f.content == nil && f.places == nil &&
		f.input == nil && f.output == nil && len(f.terminals) == 0 && !f.canStop.is
}

var toolStatuses = []string{"pending", "in_progress", "paused", "completed", "failed", "cancelled"}

func decodeToolFields(o object) toolFields {
	f := toolFields{name: o.string("name"), title: o.string("title"), kind: o.optional("kind"),
		input: o.value("rawInput"), output: o.value("rawOutput")}
	if status := o.string("status"); slices.Contains(toolStatuses, status) {
		f.status = status
	}
	if list, ok := o.list("content"); ok {
		f.content = []ToolContent{}
		for _, raw := range list {
			f.content = append(f.content, decodeToolContent(raw))
		}
	}
	if content := o.value("content"); f.content == nil && content != nil {
		f.content = []ToolContent{{Type: "unknown", Raw: content}}
	}
	if list, ok := o.list("locations"); ok {
		f.places = decodePlaces(list)
	}
	f.canStop = offersStop(o)
	if meta, ok := o.object("_meta"); ok {
		f.terminals = decodeMetaTerminals(meta)
	}
	return f
}

func decodePlaces(list []json.RawMessage) []Place {
	places := []Place{}
	for _, raw := range list {
		o, _ := decodeObject(raw)
		path, ok := o.text("path")
		if !ok {
			continue
		}
		place := Place{Path: path}
		const maxInteger = 1<<53 - 1 // that JavaScript can represent
		if n := o.number("line"); n != nil && *n >= 1 && *n <= maxInteger && *n == float64(int64(*n)) {
			place.Line = new(int64(*n))
		}
		places = append(places, place)
	}
	return places
}

// decodeToolContent decodes a part of a result. One that it does not understand is kept as
// it is.
func decodeToolContent(raw json.RawMessage) ToolContent {
	unknown := ToolContent{Type: "unknown", Raw: bytes.Clone(raw)}
	o, ok := decodeObject(raw)
	if !ok {
		return unknown
	}
	switch o.string("type") {
	case "content":
		return ToolContent{Type: "block", Block: DecodeBlock(o["content"])}
	case "diff":
		if text, ok := o.text("newText"); ok {
			return ToolContent{Type: "diff", Path: o.string("path"), OldText: o.optional("oldText"), NewText: text}
		}
		if c, ok := decodeChanges(o); ok {
			return c
		}
	case "terminal":
		if id, ok := o.text("terminalId"); ok {
			return ToolContent{Type: "terminal", TerminalID: id}
		}
	}
	return unknown
}

// decodeChanges decodes a diff of version 2. ok is false if it does not understand a part
// of it, which would then not be shown.
func decodeChanges(o object) (c ToolContent, ok bool) {
	list, ok := o.list("changes")
	if !ok {
		return c, false
	}
	c = ToolContent{Type: "changes", Changes: []FileChange{}}
	for _, raw := range list {
		change, _ := decodeObject(raw)
		operation, hasOperation := change.text("operation")
		path, hasPath := change.text("path")
		if !hasOperation || !hasPath {
			return c, false
		}
		c.Changes = append(c.Changes, FileChange{operation, path, change.optional("oldPath")})
	}
	if o.value("patch") != nil {
		patch, _ := o.object("patch")
		c.Patch = patch.optional("text")
		ok = c.Patch != nil
	}
	return c, ok
}
