package host

import (
	"slices"
	"time"

	"parley/hub/rules"
	"parley/hub/rules/host/options"
	"parley/protocol"
)

// Failures of changes that the agent has not answered.
const (
	changeStopped     = "the server was stopped before the agent answered"
	changeInterrupted = "the server was restarted before the agent answered"
)

// takesPrompts reports whether a turn may begin when none runs.
func (s *State) takesPrompts() bool {
	return s.up() && !s.isDetached() && s.Abandoned == nil && s.RecapWanted == "" && s.PromptsMayBegin()
}

// configure sends a change to the agent, or reports its outcome if it is known.
func (s *State) configure(m rules.Configure) rules.Decision {
	c := m.Change
	switch {
	case s.Waits(c.ID):
		return rules.Decision{}
	case s.Settled(c.ID) != nil:
		return rules.Decision{}.With(rules.Send{To: m.Shared, Message: s.Settled(c.ID).Message()})
	case !c.Forgets() && !s.up() && !s.canSignIn(c):
		return refuseChange(m, "the agent is not running")
	}
	if refusal := s.Options.Refusal(c); refusal != "" {
		return refuseChange(m, refusal)
	}
	d := rules.Decision{}.With(Broadcast{rules.ConfigureBegan{Change: c}})
	if c.Forgets() {
		return s.endChanges(d, options.EndedEvent{Change: c})
	}
	if !s.up() {
		return s.launchToSignIn(d, c)
	}
	d.Events = []rules.Event{{Public: &options.BeganEvent{Change: c}}}
	return d.With(sendChange(c))
}

func refuseChange(m rules.Configure, failure string) rules.Decision {
	return rules.Decision{}.With(rules.Send{To: m.Shared, Message: rules.ConfigureEnded{Change: m.Change, Failure: failure}})
}

func sendChange(c rules.OptionChange) rules.Effect {
	return ConfigureAgent{RequestID: c.ID, OptionID: c.OptionID, Value: c.Value, SignIn: c.SignIn}
}

// configured ends a change with the agent's answer.
func (s *State) configured(e rules.AgentConfigured) rules.Decision {
	for _, c := range s.Changes {
		if c.Change.ID == e.RequestID {
			ended := options.EndedEvent{Change: c.Change, Again: c.Again}
			if e.Err != nil {
				ended.Failure = e.Err.Error()
			}
			return s.endChanges(rules.Decision{}, ended)
		}
	}
	return rules.Decision{} // the change has timed out
}

// expireChanges fails the changes that the agent has not answered in time.
func (s *State) expireChanges(d rules.Decision, now time.Time) rules.Decision {
	if ended := s.Overdue(now); len(ended) > 0 {
		return s.endChanges(d, ended...)
	}
	return d
}

// endChanges ends changes and reports the outcomes to the shared sessions. Then the next
// option is set again or, if there is none, the next prompt begins.
func (s *State) endChanges(d rules.Decision, ended ...options.EndedEvent) rules.Decision {
	after := *s
	for _, e := range ended {
		d.Events = append(d.Events, rules.Event{Public: &e})
		after.ApplyEnded(&e, rules.Instant{}, &s.Session.Facts)
		if !e.Again || e.Failure != "" {
			d = d.With(Broadcast{e.Message()})
		}
	}
	d = after.notePresets(d, ended)
	if first := after.FirstRefused(); first != nil && len(after.RefusedModes) < len(s.RefusedModes) {
		d = d.With(Broadcast{first.Message()}) // shared sessions show one at a time
	}
	if next := after.NextAgain(); next != nil {
		if before := s.NextAgain(); before.Change.ID != next.Change.ID {
			d = d.With(sendChange(next.Change))
		}
		return d
	}
	if s.Running == nil && len(s.Queue) > 0 && after.takesPrompts() {
		return s.startTurn(d, s.Queue[0])
	}
	return d
}

// setChosen begins to set the options in an agent that has started, or begins the next
// turn if there are none.
func (s *State) setChosen(d rules.Decision) rules.Decision {
	for i, c := range s.Chosen {
		d.Events = append(d.Events, rules.Event{Public: &options.BeganEvent{Change: c, Again: true}})
		if i == 0 {
			d = d.With(sendChange(c))
		}
	}
	if len(s.Chosen) == 0 && len(s.Queue) > 0 && len(s.RefusedModes) == 0 {
		return s.startTurn(d, s.Queue[0])
	}
	return d
}

// failChanges fails the changes of participants, since there is no agent any more.
func (s *State) failChanges(d rules.Decision, failure string) rules.Decision {
	for _, c := range s.Changes {
		if !c.Again {
			e := options.EndedEvent{Change: c.Change, Failure: failure}
			d.Events = append(d.Events, rules.Event{Public: &e})
			d = d.With(Broadcast{e.Message()})
		}
	}
	return d
}

// sendChanges reports to a shared session the changes that wait for the agent, the outcomes
// that it has missed, and whether prompts wait.
func (s *State) sendChanges(d rules.Decision, m rules.SharedOpened) rules.Decision {
	var waiting []string
	for _, c := range s.Changes {
		if !c.Again {
			waiting = append(waiting, c.Change.ID)
			d = d.With(rules.Send{To: m.Shared, Message: rules.ConfigureBegan{Change: c.Change}})
		}
	}
	for _, id := range m.Changing {
		if slices.Contains(waiting, id) {
			continue
		}
		ended := options.EndedEvent{Change: rules.OptionChange{ID: id}, Failure: changeInterrupted}
		if settled := s.Settled(id); settled != nil {
			ended = *settled
		}
		d = d.With(rules.Send{To: m.Shared, Message: ended.Message()})
	}
	if first := s.FirstRefused(); first != nil {
		d = d.With(rules.Send{To: m.Shared, Message: first.Message()})
	}
	return d
}

// Signing in is a change like that of an option, except that an agent that does not run is
// started for it: such an agent may be unable to open a session before.

// canSignIn reports whether a change is signing in to an agent that can be started for it.
func (s *State) canSignIn(c rules.OptionChange) bool {
	return c.SignIn && s.Agent == protocol.AgentExited && !s.isDetached()
}

// launchToSignIn starts the agent, which signs in before it opens its session.
func (s *State) launchToSignIn(d rules.Decision, c rules.OptionChange) rules.Decision {
	d = s.launch(d)
	for i, e := range d.Effects {
		if launch, ok := e.(LaunchAgent); ok {
			launch.Spec.SignIn = c.OptionID
			d.Effects[i] = launch
		}
	}
	d.Events = append(d.Events, rules.Event{Public: &options.BeganEvent{Change: c}})
	return d
}

// signIns returns the attempts to sign in for which the agent is being started. They outlast
// a start that is repeated.
func (s *State) signIns() []options.Change {
	if s.Agent != protocol.AgentStarting {
		return nil
	}
	return s.SignIns()
}

// signedIn ends the attempts for which the agent was started, since it is ready.
func (s *State) signedIn() rules.Decision {
	var d rules.Decision
	for _, c := range s.signIns() {
		e := options.EndedEvent{Change: c.Change}
		d.Events = append(d.Events, rules.Event{Public: &e})
		d = d.With(Broadcast{e.Message()})
	}
	return d
}
