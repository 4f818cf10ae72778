package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
	"parley/protocol/view"
)

// Question is a permission request of the agent.
type Question struct {
	Texts    []string // its own title and description, as far as the call does not have them
	Call     toolcall.Call
	Options  []Option
	FullSize int // size in bytes of a question of which only the heading is known; otherwise 0
}

// Option is an answer that the agent offers.
type Option struct{ ID, Name, Kind string }

// NewQuestion returns what a permission request says by itself, and the id of its tool
// call, which is nil if it has none.
func NewQuestion(p protocol.Permission) (Question, *string) {
	id, call, options := view.Question(p)
	q := Question{Call: toolcall.New(call), FullSize: p.WholeBytes}
	for _, text := range []string{p.Title, p.Description} {
		if text != "" && text != call.Title {
			q.Texts = append(q.Texts, text)
		}
	}
	for _, o := range options {
		q.Options = append(q.Options, Option(o))
	}
	return q, id
}

// size returns about how many bytes the question has.
func (q Question) size() (bytes int) {
	for _, text := range q.Texts {
		bytes += len(text)
	}
	return bytes + q.Call.Size()
}

// Choose returns the option that a word names: by its number in the list or else by its
// name or id, if only one option has it. If the word is empty, it returns the only option
// of the given kind. A word counts as a number only if it consists of digits, so "+1" is
// a name; a number is never an id.
func (q Question) Choose(word, kind string) (Option, error) {
	if word == "" {
		return q.single(func(o Option) bool { return o.Kind == kind })
	}
	if strings.Trim(word, "0123456789") == "" {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(q.Options) {
			return Option{}, fmt.Errorf("there is no option %s; the options are: %s", display.Short(word, 20), q.ListOptions())
		}
		return q.Options[n-1], nil
	}
	return q.single(func(o Option) bool { return strings.EqualFold(word, display.OneLine(o.Name)) || word == o.ID })
}

// single returns the option that matches, if there is exactly one.
func (q Question) single(matches func(Option) bool) (Option, error) {
	var found []Option
	for _, o := range q.Options {
		if matches(o) {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		return Option{}, fmt.Errorf("choose an option by its number: %s", q.ListOptions())
	}
	return found[0], nil
}

// effect says what an option does, whatever name the agent gives it.
func (o Option) effect() string {
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

// ListOptions lists the options with their numbers and effects. A name that could be
// mistaken for these is quoted.
func (q Question) ListOptions() string {
	var names []string
	for i, o := range q.Options {
		name := display.OneLine(o.Name)
		if strings.ContainsAny(name, ",()0123456789") {
			name = strconv.Quote(name)
		}
		names = append(names, fmt.Sprintf("%d %s (%s)", i+1, name, o.effect()))
	}
	return strings.Join(names, ", ")
}

// Body returns everything that a question says beside its heading.
func (q Question) Body() string {
	texts := []string{q.Call.Heading()}
	for _, o := range q.Options {
		texts = append(texts, o.Name)
	}
	details := q.details()
	for _, d := range details {
		texts = append(texts, d.Text)
	}
	return toolcall.Format(details) + display.HiddenWarning(texts...)
}

// details returns what the question says besides the heading of its call.
func (q Question) details() []toolcall.Detail {
	var details []toolcall.Detail
	for _, text := range q.Texts {
		details = append(details, toolcall.Detail{Text: text})
	}
	return append(details, q.Call.Details()...)
}
