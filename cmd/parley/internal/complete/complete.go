package complete

import (
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/console"
	"parley/protocol"
	"parley/protocol/visible"
)

// Completer completes lines. It has a copy of what it needs, so its methods are safe for
// concurrent use. The zero value completes the commands of this client.
type Completer struct {
	agent atomic.Pointer[[]protocol.AvailableCommand] // the agent's commands; nil until they are known
	files atomic.Pointer[FindFiles]                   // nil until they are known
}

// SetCommands makes the Completer offer the agent's commands.
func (c *Completer) SetCommands(commands []protocol.AvailableCommand) { c.agent.Store(&commands) }

// SetFiles makes the Completer offer the files that a function finds.
func (c *Completer) SetFiles(find FindFiles) { c.files.Store(&find) }

// Complete implements [console.Completer]. A line that begins with a slash is completed to
// a command of this client, or to a prompt with a command of the agent. The agent's
// commands always have the form "/prompt /NAME", so that none can be mistaken for a
// command of the client.
func (c *Completer) Complete(before string) console.Completion {
	if strings.HasPrefix(before, "//") || !strings.HasPrefix(before, "/") {
		return console.Completion{}
	}
	if rest, ok := cutPromptVerb(before); ok {
		if completion, ok := c.fileCompletion(before); ok {
			return completion
		}
		rest = strings.TrimLeft(rest, " ")
		if !strings.HasPrefix(rest, "/") || strings.ContainsFunc(rest, unicode.IsSpace) {
			return console.Completion{}
		}
		return console.Completion{From: len(before) - len(rest), Candidates: c.commands(rest, "")}
	}
	if strings.ContainsFunc(before, unicode.IsSpace) {
		return console.Completion{}
	}
	var found []console.Candidate
	for _, v := range command.Verbs {
		if strings.HasPrefix(string(v), before) {
			found = append(found, console.Candidate{Text: string(v) + " "})
		}
	}
	return console.Completion{Candidates: append(found, c.commands(before, string(command.Prompt)+" ")...)}
}

// cutPromptVerb returns the text of a line that is a prompt.
func cutPromptVerb(line string) (text string, ok bool) {
	for _, v := range []command.Verb{command.Prompt, command.Interrupt} {
		if text, ok = strings.CutPrefix(line, string(v)+" "); ok {
			return text, true
		}
	}
	return "", false
}

// commands returns the agent's commands whose names begin with a word that begins with a
// slash, in alphabetical order.
func (c *Completer) commands(word, lead string) (found []console.Candidate) {
	known := c.agent.Load()
	if known == nil {
		return nil
	}
	for _, a := range *known {
		if IsTypable(a.Name) && strings.HasPrefix(strings.ToLower("/"+a.Name), strings.ToLower(word)) {
			found = append(found, console.Candidate{Text: lead + "/" + a.Name + " ", Note: Note(a)})
		}
	}
	slices.SortFunc(found, func(a, b console.Candidate) int { return strings.Compare(a.Text, b.Text) })
	return found
}

// IsTypable reports whether the name of a command can be typed as one word.
func IsTypable(name string) bool {
	return name != "" && !strings.ContainsFunc(name, unicode.IsSpace) && visible.Count(name) == 0
}

// Note returns the argument and the description of a command.
func Note(c protocol.AvailableCommand) string {
	note := c.Description
	if c.Hint != "" {
		note = "[" + c.Hint + "]  " + note
	}
	return note
}
