package host

import (
	"fmt"
	"slices"
	"strings"

	"parley/hub/rules"
	"parley/hub/rules/host/options"
	"parley/protocol"
)

// The agent's configuration may set options when a session begins. They are then treated
// like options that participants have set: they are set again in every later process,
// participants can change them, and prompts wait if the agent refuses the mode.

// presetPrefix begins the ids of changes that the configuration makes.
const presetPrefix = "preset "

// configuration is the participant who makes the changes of the configuration.
func configuration() protocol.Participant {
	name := "The server's configuration"
	return protocol.Participant{DisplayName: &name, Role: protocol.RoleHost}
}

// preset chooses the options of the configuration, which setChosen then sets. An option
// that the agent does not have is noted, or if it is the mode, refused.
func (s *State) preset(d rules.Decision, defaults []rules.OptionDefault) rules.Decision {
	var chosen []rules.OptionChange
	var refused []options.EndedEvent
	var notes []string
	for _, o := range defaults {
		c := rules.OptionChange{ID: presetPrefix + o.Option, OptionID: o.Option, Value: o.Value, By: configuration()}
		option := s.Session.Facts.OptionByID(o.Option)
		if option == nil {
			option = s.Session.Facts.Option(o.Option)
		}
		if option != nil {
			c.OptionID, c.Mode = option.ID, option.Category == protocol.CategoryMode
		}
		switch {
		case option == nil && o.Option == protocol.CategoryMode:
			c.Mode = true
			refused = append(refused, options.EndedEvent{Change: c, Failure: "the agent has no modes", Again: true})
		case option == nil:
			notes = append(notes, fmt.Sprintf("The option %q is not set, since the agent does not have it.", o.Option))
		default:
			chosen = append(chosen, c)
		}
	}
	if len(chosen) > 0 {
		e := &options.PresetEvent{Options: chosen}
		d.Events = append(d.Events, rules.Event{Public: e})
		s.ApplyPreset(e)
	}
	for _, e := range refused {
		d.Events = append(d.Events, rules.Event{Public: &e})
		s.ApplyEnded(&e, rules.Instant{}, &s.Session.Facts)
		d = d.With(Broadcast{e.Message()})
	}
	return s.note(d, notes...)
}

// note adds sentences for people to the notes about the agent.
func (s *State) note(d rules.Decision, notes ...string) rules.Decision {
	if len(notes) == 0 {
		return d
	}
	all := append(slices.Clone(s.Session.Facts.Notes), notes...)
	noted := s.recordFacts(protocol.AgentFacts{Notes: all})
	for _, e := range noted.Events {
		s.Session.Facts.Merge(e.Public.(*protocol.AgentUpdated).AgentFacts)
	}
	return d.Then(noted)
}

// notePresets notes the options of the configuration that the agent refuses. A refused mode
// needs no note, since prompts wait for it.
func (s *State) notePresets(d rules.Decision, ended []options.EndedEvent) rules.Decision {
	var notes []string
	for _, e := range ended {
		if e.Again && e.Failure != "" && !e.Change.Mode && strings.HasPrefix(e.Change.ID, presetPrefix) {
			name := (*protocol.ConfigOption)(nil).ValueName(e.Change.Value)
			notes = append(notes, fmt.Sprintf("The option %q is not set to %q: %s.", e.Change.OptionID, name, e.Failure))
		}
	}
	after := *s
	return after.note(d, notes...)
}
