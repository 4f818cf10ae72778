package join

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/console"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
	"parley/protocol/visible"
)

// completer completes lines. The console calls it while run changes the room, so it has a
// copy of what it needs.
type completer struct {
	agent atomic.Pointer[[]protocol.AvailableCommand] // the agent's commands; nil before the welcome
	files atomic.Pointer[findFiles]                   // nil before the session is open
}

// know makes the completer offer the agent's commands.
func (c *completer) know(commands []protocol.AvailableCommand) { c.agent.Store(&commands) }

// complete implements [console.Completer]. A line that begins with a slash is completed to
// a command of this client, or to a prompt with a command of the agent. The agent's
// commands always have the form "/prompt /NAME", so that none can be mistaken for a
// command of the client.
func (c *completer) complete(before string) console.Completion {
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
func (c *completer) commands(word, lead string) (found []console.Candidate) {
	known := c.agent.Load()
	if known == nil {
		return nil
	}
	for _, a := range *known {
		if isTypable(a.Name) && strings.HasPrefix(strings.ToLower("/"+a.Name), strings.ToLower(word)) {
			found = append(found, console.Candidate{Text: lead + "/" + a.Name + " ", Note: commandNote(a)})
		}
	}
	slices.SortFunc(found, func(a, b console.Candidate) int { return strings.Compare(a.Text, b.Text) })
	return found
}

// isTypable reports whether the name of a command can be typed as one word.
func isTypable(name string) bool {
	return name != "" && !strings.ContainsFunc(name, unicode.IsSpace) && visible.Count(name) == 0
}

// commandNote returns the argument and the description of a command.
func commandNote(c protocol.AvailableCommand) string {
	note := c.Description
	if c.Hint != "" {
		note = "[" + c.Hint + "]  " + note
	}
	return note
}

// explainLine returns the error of a line that is not a command of this client. If it
// begins with a command of the agent, the error says how to send that. The line is not
// sent as a prompt, since the agent can give a command a name that is a likely typing
// error.
func (r *room) explainLine(line string, err error) error {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	for _, c := range r.agent.AvailableCommands {
		if "/"+c.Name == word && isTypable(c.Name) && !slices.Contains(command.Verbs, command.Verb(word)) {
			return fmt.Errorf("nothing was done: %s is a command of the agent; type /prompt %s", word, display.Short(line, 100))
		}
	}
	return err
}

// commands lists the agent's commands.
func (s *screen) commands(r *room) {
	known := r.agent.AvailableCommands
	if len(known) == 0 {
		s.line(dim, "* the agent has no commands")
		return
	}
	s.line(plain, "* the agent's commands, which are prompts:")
	for _, c := range known {
		s.line(plain, "    /prompt /%s", display.OneLine(strings.Join([]string{c.Name, commandNote(c)}, "  ")))
	}
	if total := r.agent.AvailableCommandTotal; total != nil && *total > len(known) {
		s.line(dim, "    and %d more", *total-len(known))
	}
}
