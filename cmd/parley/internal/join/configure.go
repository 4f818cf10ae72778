package join

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

// setOption carries out /set and /unset: it lists the agent's options, sets one, or
// forgets one.
func (s *session) setOption(ctx context.Context, c command.Command) {
	if c.Text == "" {
		s.screen.options(s.room)
		return
	}
	if c.Verb == command.Unset {
		s.forgetOption(ctx, c.Text)
		return
	}
	o, rest, err := s.room.findOption(c.Text)
	var value any
	if err == nil {
		value, err = parseValue(o, rest)
	}
	if err != nil {
		s.fail(err)
		return
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) { return nil, s.c.Configure(ctx, o.ID, value) })
}

// forgetOption makes the server forget the value of an option, which the agent may no
// longer offer.
func (s *session) forgetOption(ctx context.Context, text string) {
	id := text
	if o, rest, err := s.room.findOption(text); err == nil && rest == "" {
		id = o.ID
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) { return nil, s.c.ForgetOption(ctx, id) })
}

// findOption returns the option that a text begins with, by its id or its name, and the
// rest of the text. The longest match counts.
func (r *room) findOption(text string) (found protocol.ConfigOption, rest string, err error) {
	longest := -1
	for _, o := range r.agent.ConfigOptions {
		for _, word := range []string{o.ID, o.Name} {
			after, ok := cutWord(text, word)
			if ok && len(word) > longest {
				found, rest, longest = o, after, len(word)
			}
		}
	}
	if longest < 0 {
		return found, "", fmt.Errorf("nothing was done: the agent has no option %q; /set lists them", display.Short(text, 40))
	}
	return found, rest, nil
}

// cutWord removes a word from the beginning of a text, without regard to case.
func cutWord(text, word string) (rest string, ok bool) {
	if word == "" || len(text) < len(word) || !strings.EqualFold(text[:len(word)], word) {
		return "", false
	}
	rest = text[len(word):]
	trimmed := strings.TrimSpace(rest)
	return trimmed, rest == "" || len(rest) != len(strings.TrimLeft(rest, " \t"))
}

// parseValue returns the value that a text names, by the value or its name.
func parseValue(o protocol.ConfigOption, text string) (any, error) {
	if o.Type == protocol.OptionBoolean {
		switch strings.ToLower(text) {
		case "on", "true", "yes":
			return true, nil
		case "off", "false", "no":
			return false, nil
		}
		return nil, fmt.Errorf("nothing was done: %s is on or off: /set %s on", display.OneLine(o.Name), display.OneLine(o.ID))
	}
	var named []string
	for _, v := range o.Options {
		if v.Value == text {
			return text, nil
		}
		if strings.EqualFold(v.Name, text) || strings.EqualFold(v.Value, text) {
			named = append(named, v.Value)
		}
	}
	switch {
	case len(named) == 1:
		return named[0], nil
	case len(named) > 1:
		return nil, fmt.Errorf("nothing was done: more than one value is called %q; use one of: %s", display.Short(text, 40), display.OneLine(strings.Join(named, ", ")))
	case text != "" && o.OptionTotal > len(o.Options):
		return text, nil // the list is not complete; the agent decides
	}
	return nil, fmt.Errorf("nothing was done: %s takes one of: %s", display.OneLine(o.Name), valueList(o))
}

// maxValuesListed is the number of values that a line lists at most.
const maxValuesListed = 20

// valueList lists the values of an option.
func valueList(o protocol.ConfigOption) string {
	if o.Type == protocol.OptionBoolean {
		return "on, off"
	}
	var list []string
	for _, v := range o.Options[:min(len(o.Options), maxValuesListed)] {
		text := display.OneLine(v.Value)
		if v.Name != "" && v.Name != v.Value {
			text += " (" + display.OneLine(v.Name) + ")"
		}
		if v.AsksNobody {
			text += " (never asks for permission)"
		}
		list = append(list, text)
	}
	if more := max(o.OptionTotal, len(o.Options)) - len(list); more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, ", ")
}

// options lists the agent's options with their values.
func (s *screen) options(r *room) {
	if len(r.agent.ConfigOptions) == 0 {
		s.line(dim, "* the agent has no options")
	}
	for _, o := range r.agent.ConfigOptions {
		name := ""
		if o.Name != o.ID {
			name = " (" + display.OneLine(o.Name) + ")"
		}
		s.line(plain, "* %s%s is %s; values: %s", display.OneLine(o.ID), name, display.OneLine(o.ValueName(o.CurrentValue)), valueList(o))
	}
	if p := r.agent.RefusedMode; p != nil {
		s.promptsWait(p)
	}
}

// optionEvent prints an event about a change of an option. It returns false for any other
// event.
func (s *screen) optionEvent(r *room, e *protocol.Event) bool {
	switch p := e.Payload.(type) {
	case *protocol.AgentConfiguring:
		if !forgets(p.Value) {
			s.line(dim, "* %s is setting %s", r.displayName(p.Participant), r.setting(p.OptionID, p.Value))
		}
	case *protocol.AgentConfigured:
		if forgets(p.Value) {
			s.line(accent, "* %s no longer sets %s", r.displayName(p.Participant), r.optionName(p.OptionID))
		} else {
			s.line(accent, "* %s set %s", r.displayName(p.Participant), r.setting(p.OptionID, p.Value))
		}
	case *protocol.AgentConfigureFailed:
		s.line(bad, "* the agent did not set %s, as %s asked: %s", r.setting(p.OptionID, p.Value), r.displayName(p.Participant), display.Indent(p.Reason))
		if p.PromptsWait {
			s.promptsWait(p)
		}
	default:
		return false
	}
	return true
}

// promptsWait prints what the host can do about a refused mode.
func (s *screen) promptsWait(p *protocol.AgentConfigureFailed) {
	id := display.OneLine(p.OptionID)
	s.line(alert, "! prompts wait, because the agent refuses its mode (%s); the host sets a mode with /set %s MODE, or lets it be with /unset %s",
		display.OneLine(p.Reason), id, id)
}

func forgets(value json.RawMessage) bool { return string(value) == "null" }

// setting describes an option and a value.
func (r *room) setting(optionID string, value json.RawMessage) string {
	return r.optionName(optionID) + " to " + display.OneLine(r.agent.OptionByID(optionID).ValueName(value))
}

// optionName returns the name of an option, or its id if the option is unknown.
func (r *room) optionName(id string) string {
	if o := r.agent.OptionByID(id); o != nil {
		return display.OneLine(cmp.Or(o.Name, id))
	}
	return display.OneLine(id)
}

// applyAgent applies an event about the agent's options.
func (r *room) applyAgent(p protocol.Payload) {
	switch p := p.(type) {
	case *protocol.AgentUpdated:
		r.agent.Merge(p.AgentFacts)
	case *protocol.AgentConfigureFailed:
		if p.PromptsWait {
			r.agent.RefusedMode = p
		}
	case *protocol.AgentConfigured:
		if refused := r.agent.RefusedMode; refused != nil && r.agent.Replaces(p, refused.OptionID) {
			r.agent.RefusedMode = nil
		}
	case *protocol.AgentStatusChanged:
		if p.Status == protocol.AgentExited || p.Status == protocol.AgentStarting {
			r.agent.RefusedMode = nil
		}
	}
}
