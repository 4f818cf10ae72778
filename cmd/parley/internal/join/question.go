package join

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/formfill"
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

// putRequest adds or updates the item of a request for input.
func (r *room) putRequest(e protocol.Elicitation) *item {
	i := r.ledger.put(kindRequest, e.RequestID)
	if e.Truncated && i.request.Message != "" && !i.request.Truncated {
		return i // the whole request is known
	}
	i.request = e
	if e.Form != nil && i.filling == nil {
		i.filling = formfill.New(e.Form)
	}
	return i
}

// putRequests adds the requests of a welcome that wait for an answer.
func (r *room) putRequests(list []protocol.Elicitation, open map[*item]bool) {
	for _, e := range list {
		if e.AcceptedBy == nil {
			open[r.putRequest(e)] = true
		}
	}
}

// request prints a request for input, with everything that is decided.
func (s *screen) request(r *room, i *item) {
	e := i.request
	if !i.isOpen() {
		s.line(alert, "? %s the agent asked for input: %s\n  (%s)", i.label(), display.Indent(e.Message), i.outcome)
		return
	}
	body := ""
	if e.Mode == protocol.ElicitationModeURL {
		body = "\n  it wants a page of this site to be opened: " + display.OneLine(e.Target) +
			"\n  (nothing is opened; the whole address goes to the host, once the host accepts)"
	}
	if e.Form != nil {
		for _, text := range []string{e.Form.Title, e.Form.Description} {
			if text != "" {
				body += "\n" + display.Block(text)
			}
		}
		for n := range e.Form.Fields {
			body += "\n  - " + formfill.Describe(&e.Form.Fields[n])
		}
	}
	s.line(alert, "? %s the agent asks for input: %s%s%s%s", i.label(), display.Indent(e.Message), body,
		display.HiddenWarning(formfill.Texts(e)...), requestHint(r, i))
}

// requestHint tells the host how to answer a request for input.
func requestHint(r *room, i *item) string {
	switch {
	case r.self.Role != protocol.RoleHost || r.readOnly != "":
		return ""
	case i.request.Form == nil:
		return fmt.Sprintf("\n  (/accept %s, /decline %s, or /dismiss %s to make no decision)", i.label(), i.label(), i.label())
	}
	return fmt.Sprintf("\n  (/answer %s asks field by field; /decline %s, or /dismiss %s to make no decision)", i.label(), i.label(), i.label())
}

// fillIn gives a value to the field of a form that is asked, or skips it, and asks the next.
func (s *session) fillIn(c command.Command, m moment) {
	i, err := s.room.ledger.pick(kindRequest, c.Number, m, true)
	switch {
	case err != nil:
	case i.filling == nil:
		err = fmt.Errorf("nothing was done: %s has no form; see /accept", i)
	case c.Verb == command.Skip:
		err = i.filling.Skip()
	case c.Text != "":
		err = i.filling.Give(c.Text)
	case i.filling.Field() == nil:
		i.filling.Again()
	}
	if err != nil {
		s.fail(err)
		return
	}
	s.askField(i)
}

// askField asks the next field of a form, or shows what would be sent.
func (s *session) askField(i *item) {
	if f := i.filling.Field(); f != nil {
		skip := "leaves it out"
		if f.Default != nil {
			skip = "takes the default"
		}
		hint := fmt.Sprintf("\n  (/answer %s VALUE; /skip %s %s)", i.label(), i.label(), skip)
		if f.Required && f.Default == nil {
			hint = fmt.Sprintf("\n  (/answer %s VALUE)", i.label())
		}
		s.screen.line(alert, "? %s %s%s", i.label(), formfill.Describe(f), hint)
		return
	}
	summary := i.filling.Summary()
	s.screen.line(alert, "? %s the agent would be given:%s%s\n  (/accept %s sends this; /answer %s begins again)",
		i.label(), summary, display.HiddenWarning(summary), i.label(), i.label())
	i.shown = s.shownAt(i.shown) // this is what /accept decides on
}

// resolve accepts, declines or dismisses a request for input.
func (s *session) resolve(ctx context.Context, c command.Command, m moment) {
	i, err := s.room.ledger.pick(kindRequest, c.Number, m, false)
	if err == nil && c.Verb == command.Accept && i.filling != nil && i.filling.Field() != nil {
		err = fmt.Errorf("nothing was done: not every field was asked; /answer %s continues", i.label())
	}
	if err != nil {
		s.fail(err)
		return
	}
	id, filling := i.id, i.filling
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		switch c.Verb {
		case command.Decline:
			return nil, s.c.Decline(ctx, id)
		case command.Dismiss:
			return nil, s.c.Dismiss(ctx, id)
		}
		var content map[string]any
		if filling != nil {
			content = filling.Content()
		}
		answer, err := s.c.Accept(ctx, id, content)
		if err != nil || answer.URL == "" {
			return nil, err
		}
		return func() { s.screen.line(bold, "* the page to open, for you alone: %s", display.OneLine(answer.URL)) }, nil
	})
}

// requestEvent prints an event about a request for input, and reports whether it is one.
func (s *screen) requestEvent(r *room, p protocol.Payload) bool {
	switch p := p.(type) {
	case *protocol.ElicitationRequested:
		if i := r.ledger.find(p.RequestID); i != nil {
			s.request(r, i)
		}
	case *protocol.ElicitationResolved:
		s.line(accent, "* the agent's request for input%s was answered: %s (%s)", r.suffix(p.RequestID), display.OneLine(string(p.Action)), r.requestAnswerer(p))
	case *protocol.ElicitationWithdrawn:
		s.line(dim, "* the agent's request for input%s no longer waits", r.suffix(p.RequestID))
	case *protocol.ElicitationCompleted:
		s.line(dim, "* the page of the agent's request%s is done", r.suffix(p.RequestID))
	case *protocol.ElicitationRefused:
		s.line(bad, "* the agent asked for input in a way that cannot be shown, and got an error: %s: %s", display.OneLine(p.Reason), display.Short(p.Message, 200))
	default:
		return false
	}
	return true
}

// requestAnswerer names the participant or the rule that answered a request for input.
func (r *room) requestAnswerer(p *protocol.ElicitationResolved) string {
	if p.Participant != nil {
		return r.displayName(*p.Participant)
	}
	return display.OneLine(string(p.Source))
}
