package join

import (
	"fmt"
	"strconv"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
	"parley/protocol/view"
)

// question is a permission request of the agent.
type question struct {
	texts    []string // its own title and description, as far as the call does not have them
	call     toolcall.Call
	options  []option
	fullSize int // size in bytes of a question of which only the heading is known; otherwise 0
}

// option is an answer that the agent offers.
type option struct{ ID, Name, Kind string }

// newQuestion returns what a permission request says by itself, and the id of its tool
// call, which is nil if it has none.
func newQuestion(p protocol.Permission) (question, *string) {
	id, call, options := view.Question(p)
	q := question{call: toolcall.New(call), fullSize: p.WholeBytes}
	for _, text := range []string{p.Title, p.Description} {
		if text != "" && text != call.Title {
			q.texts = append(q.texts, text)
		}
	}
	for _, o := range options {
		q.options = append(q.options, option(o))
	}
	return q, id
}

// size returns about how many bytes the question has.
func (q question) size() (bytes int) {
	for _, text := range q.texts {
		bytes += len(text)
	}
	return bytes + q.call.Size()
}

// choose returns the option that a word names: by its number in the list or else by its
// name or id, if only one option has it. If the word is empty, it returns the only option
// of the given kind. A word counts as a number only if it consists of digits, so "+1" is
// a name; a number is never an id.
func (q question) choose(word, kind string) (option, error) {
	if word == "" {
		return q.single(func(o option) bool { return o.Kind == kind })
	}
	if strings.Trim(word, "0123456789") == "" {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(q.options) {
			return option{}, fmt.Errorf("there is no option %s; the options are: %s", display.Short(word, 20), q.listOptions())
		}
		return q.options[n-1], nil
	}
	return q.single(func(o option) bool { return strings.EqualFold(word, display.OneLine(o.Name)) || word == o.ID })
}

// single returns the option that matches, if there is exactly one.
func (q question) single(matches func(option) bool) (option, error) {
	var found []option
	for _, o := range q.options {
		if matches(o) {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		return option{}, fmt.Errorf("choose an option by its number: %s", q.listOptions())
	}
	return found[0], nil
}

// effect says what an option does, whatever name the agent gives it.
func (o option) effect() string {
	switch o.Kind {
	case "allow_once":
		return "allows once"
	case "allow_always":
		return "allows from now on"
	case "reject_once":
		return "rejects once"
	case "reject_always":
		return "rejects from now on"
	}
	return "unknown kind"
}

// listOptions lists the options with their numbers and effects. A name that could be
// mistaken for these is quoted.
func (q question) listOptions() string {
	var names []string
	for i, o := range q.options {
		name := display.OneLine(o.Name)
		if strings.ContainsAny(name, ",()0123456789") {
			name = strconv.Quote(name)
		}
		names = append(names, fmt.Sprintf("%d %s (%s)", i+1, name, o.effect()))
	}
	return strings.Join(names, ", ")
}
