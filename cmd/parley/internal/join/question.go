package join

import (
	"context"
	"fmt"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/formfill"
	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
)

// putRequest adds or updates the item of a request for input.
func (r *room) putRequest(e protocol.Elicitation) *ledger.Item {
	i := r.ledger.Put(ledger.KindRequest, e.RequestID)
	if e.Truncated && i.Request.Message != "" && !i.Request.Truncated {
		return i // the whole request is known
	}
	i.Request = e
	if e.Form != nil && i.Filling == nil {
		i.Filling = formfill.New(e.Form)
	}
	return i
}

// putRequests adds the requests of a welcome that wait for an answer.
func (r *room) putRequests(list []protocol.Elicitation, open map[*ledger.Item]bool) {
	for _, e := range list {
		if e.AcceptedBy == nil {
			open[r.putRequest(e)] = true
		}
	}
}

// request prints a request for input, with everything that is decided.
func (s *screen) request(r *room, i *ledger.Item) {
	e := i.Request
	if !i.IsOpen() {
		s.line(alert, "? %s the agent asked for input: %s\n  (%s)", i.Label(), display.Indent(e.Message), i.Outcome)
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
	s.line(alert, "? %s the agent asks for input: %s%s%s%s", i.Label(), display.Indent(e.Message), body,
		display.HiddenWarning(formfill.Texts(e)...), requestHint(r, i))
}

// requestHint tells the host how to answer a request for input.
func requestHint(r *room, i *ledger.Item) string {
	switch {
	case r.self.Role != protocol.RoleHost || r.readOnly != "":
		return ""
	case i.Request.Form == nil:
		return fmt.Sprintf("\n  (/accept %s, /decline %s, or /dismiss %s to make no decision)", i.Label(), i.Label(), i.Label())
	}
	return fmt.Sprintf("\n  (/answer %s asks field by field; /decline %s, or /dismiss %s to make no decision)", i.Label(), i.Label(), i.Label())
}

// fillIn gives a value to the field of a form that is asked, or skips it, and asks the next.
func (s *session) fillIn(c command.Command, m ledger.Moment) {
	i, err := s.room.ledger.Pick(ledger.KindRequest, c.Number, m, true)
	switch {
	case err != nil:
	case i.Filling == nil:
		err = fmt.Errorf("nothing was done: %s has no form; see /accept", i)
	case c.Verb == command.Skip:
		err = i.Filling.Skip()
	case c.Text != "":
		err = i.Filling.Give(c.Text)
	case i.Filling.Field() == nil:
		i.Filling.Again()
	}
	if err != nil {
		s.fail(err)
		return
	}
	s.askField(i)
}

// askField asks the next field of a form, or shows what would be sent.
func (s *session) askField(i *ledger.Item) {
	if f := i.Filling.Field(); f != nil {
		skip := "leaves it out"
		if f.Default != nil {
			skip = "takes the default"
		}
		hint := fmt.Sprintf("\n  (/answer %s VALUE; /skip %s %s)", i.Label(), i.Label(), skip)
		if f.Required && f.Default == nil {
			hint = fmt.Sprintf("\n  (/answer %s VALUE)", i.Label())
		}
		s.screen.line(alert, "? %s %s%s", i.Label(), formfill.Describe(f), hint)
		return
	}
	summary := i.Filling.Summary()
	s.screen.line(alert, "? %s the agent would be given:%s%s\n  (/accept %s sends this; /answer %s begins again)",
		i.Label(), summary, display.HiddenWarning(summary), i.Label(), i.Label())
	i.Shown = s.shownAt(i.Shown) // this is what /accept decides on
}

// resolve accepts, declines or dismisses a request for input.
func (s *session) resolve(ctx context.Context, c command.Command, m ledger.Moment) {
	i, err := s.room.ledger.Pick(ledger.KindRequest, c.Number, m, false)
	if err == nil && c.Verb == command.Accept && i.Filling != nil && i.Filling.Field() != nil {
		err = fmt.Errorf("nothing was done: not every field was asked; /answer %s continues", i.Label())
	}
	if err != nil {
		s.fail(err)
		return
	}
	id, filling := i.ID, i.Filling
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
		if i := r.ledger.Find(p.RequestID); i != nil {
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
