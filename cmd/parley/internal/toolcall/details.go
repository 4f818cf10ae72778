package toolcall

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"parley/cmd/parley/internal/display"
)

// Detail is one part of what a call does.
type Detail struct {
	Label string // what the text is; empty for a command, a diff or a text
	Text  string // as the agent wrote it
}

// details collects the details of a call.
type details struct {
	call Call
	list []Detail
}

// add adds a detail unless its text is blank.
func (d *details) add(label, text string) {
	if strings.TrimSpace(text) != "" {
		d.list = append(d.list, Detail{label, text})
	}
}

// Details returns everything but the heading that a person decides on when allowing the
// call. It leaves out what would only repeat the heading or another detail.
func (c Call) Details() []Detail {
	d := &details{call: c}
	if command := c.command(); command != strings.TrimSpace(c.Title) {
		d.add("", command)
	}
	rest := d.addScript(c.input())
	d.addContent()
	c.removeShown(rest)
	switch {
	case c.RawInput != nil && c.input() == nil:
		d.add("input", string(c.RawInput))
	case len(rest) > 0:
		d.add("input", formatObject(rest))
	}
	for _, file := range c.Files {
		if !d.mentions(file) {
			d.add("file", file)
		}
	}
	return d.list
}

// addScript adds the script of the raw input. It returns the input without the script and
// the command.
func (d *details) addScript(input map[string]json.RawMessage) map[string]json.RawMessage {
	if script, ok := commandLine(input["script"]); ok {
		d.add("script", script)
	}
	for _, name := range []string{"command", "cmd", "args", "script"} {
		if _, ok := commandLine(input[name]); ok {
			delete(input, name)
		}
	}
	return input
}

func (d *details) addContent() {
	for _, p := range d.call.Content {
		switch {
		case p.diff != nil:
			d.add("", diffText(*p.diff))
		case p.raw:
			d.add("content", p.text)
		case !d.call.repeats(p.text):
			d.add("", p.text)
		}
	}
}

// repeats reports whether a text equals the title or a member of the raw input.
func (c Call) repeats(text string) bool {
	text = strings.TrimSpace(text)
	for _, raw := range c.input() {
		var value string
		if json.Unmarshal(raw, &value) == nil && strings.TrimSpace(value) == text {
			return true
		}
	}
	return text == strings.TrimSpace(c.Title)
}

// mentions reports whether a path is in the title or in a detail.
func (d *details) mentions(path string) bool {
	return strings.Contains(d.call.Title, path) ||
		slices.ContainsFunc(d.list, func(one Detail) bool { return strings.Contains(one.Text, path) })
}

// maxOneLine is the longest object, in bytes, that is formatted on one line.
const maxOneLine = 80

// formatObject formats an object for people. Every character stands for itself, so that
// an escape sequence cannot hide one.
func formatObject(members map[string]json.RawMessage) string {
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
	if b.Len() > maxOneLine {
		b.Reset()
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(values)
	}
	return strings.TrimSpace(b.String())
}

// Format formats details as indented lines, each after a newline.
func Format(details []Detail) string {
	var b strings.Builder
	for _, d := range details {
		text := d.Text
		if d.Label != "" {
			text = d.Label + ": " + text
		}
		b.WriteString("\n" + display.Block(text))
	}
	return b.String()
}
