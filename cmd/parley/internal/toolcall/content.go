package toolcall

import (
	"encoding/json"
	"fmt"
	"strings"

	"parley/protocol/view"
)

// Content is a part of a call's content.
type Content struct {
	diff  *view.ToolContent // a diff of one file; nil for anything else
	diffs bool              // whether the part shows changes of files
	text  string            // what is shown of any other part; empty for a terminal, which has output of its own
	raw   bool              // whether the text is the agent's JSON
}

func contentOf(part view.ToolContent) Content {
	switch part.Type {
	case "diff":
		return Content{diff: &part, diffs: true}
	case "changes":
		return Content{diffs: true, text: changesText(part)}
	case "terminal":
		return Content{}
	case "block":
		return contentOfBlock(part.Block)
	}
	// Some agents do not wrap their blocks.
	if block := view.DecodeBlock(part.Raw); block.Type != "unknown" {
		return contentOfBlock(block)
	}
	return Content{text: string(part.Raw), raw: true}
}

func contentOfBlock(b view.Block) Content {
	if b.Type == "unknown" {
		return Content{text: string(b.Raw), raw: true}
	}
	return Content{text: BlockText(b)}
}

// BlockText returns the text of a block, or what can be said of one that is not text.
func BlockText(b view.Block) string {
	switch b.Type {
	case "text":
		return b.Text()
	case "resource":
		return strings.TrimPrefix(b.URI+"\n"+b.Text(), "\n")
	case "link":
		title := b.Title
		if title == b.URI {
			title = ""
		}
		return describe("link", title, b.URI, b.Description, b.MIMEType, SizeText(b.Size))
	case "image", "audio":
		size := float64(len(strings.TrimRight(b.Data, "=")) * 3 / 4)
		return describe(b.Type, b.MIMEType, SizeText(&size))
	case "binary":
		return describe(b.Of, b.URI, b.MIMEType, SizeText(b.Size))
	}
	return describe("unknown content")
}

// describe returns a description in brackets, such as [image: image/png, 12 kB].
func describe(what string, parts ...string) string {
	var given []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			given = append(given, p)
		}
	}
	if len(given) == 0 {
		return "[" + what + "]"
	}
	return "[" + what + ": " + strings.Join(given, ", ") + "]"
}

// SizeText returns a number of bytes with a suitable unit, or an empty string for nil.
func SizeText(size *float64) string {
	switch {
	case size == nil:
		return ""
	case *size < 1000:
		return fmt.Sprintf("%.0f bytes", *size)
	case *size < 1e6:
		return fmt.Sprintf("%.0f kB", *size/1e3)
	}
	return fmt.Sprintf("%.1f MB", *size/1e6)
}

// changesText returns a line for each file, and the patch if there is one.
func changesText(part view.ToolContent) string {
	words := map[string]string{"add": "new", "delete": "deleted", "modify": "changed", "move": "moved", "copy": "copied"}
	var b strings.Builder
	for _, change := range part.Changes {
		what, known := words[change.Operation]
		if !known {
			what = change.Operation
		}
		if change.OldPath != nil {
			what += ": " + *change.OldPath + " →"
		} else {
			what += ":"
		}
		b.WriteString(what + " " + change.Path + "\n")
	}
	if part.Patch != nil {
		b.WriteString(*part.Patch)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (c Content) size() int {
	size := len(c.text)
	if c.diff != nil {
		size += len(c.diff.NewText)
		if c.diff.OldText != nil {
			size += len(*c.diff.OldText)
		}
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
