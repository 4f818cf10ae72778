package host

import (
	"slices"
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// An agent has at most one change of an option by a participant at a time; another one
// fails. What participants have set is set again in every later process, before its
// first prompt. If the agent then refuses the mode, prompts wait, since the participants
// relied on the mode when they approved them.

const (
	configureTimeout  = 30 * time.Second // after which a change without an answer fails
	maxChosen         = 64               // options that are set again
	maxSettledChanges = 32               // outcomes, for shared sessions that missed them
)

// Failures of changes that the agent has not answered.
const (
	noAnswer          = "the agent did not answer"
	changeStopped     = "the server was stopped before the agent answered"
	changeInterrupted = "the server was restarted before the agent answered"
)

// optionChange is a change that the agent has not answered. Changes that set an option
// again are sent one by one.
type optionChange struct {
	Change rules.OptionChange
	Again  bool          // it sets an option again that a participant set in an earlier process
	At     rules.Instant // when it was sent to the agent; zero until then
}

// sent reports whether the agent has received the change.
func (c optionChange) sent() bool { return !c.At.IsZero() }

// Events about changes of options. Their JSON is stored.
type (
	changeBeganEvent struct {
		Change rules.OptionChange `json:"change"`
		Again  bool               `json:"again,omitempty"`
	}
	changeEndedEvent struct {
		Change  rules.OptionChange `json:"change"`
		Failure string             `json:"failure,omitempty"`
		Again   bool               `json:"again,omitempty"`
	}
)

// message returns the message that reports the outcome to shared sessions.
func (e changeEndedEvent) message() rules.ConfigureEnded {
	return rules.ConfigureEnded{Change: e.Change, Failure: e.Failure, Again: e.Again, PromptsWait: e.holds()}
}

// holds reports whether the outcome makes prompts wait.
func (e changeEndedEvent) holds() bool { return e.Again && e.Change.Mode && e.Failure != "" }

// takesPrompts reports whether a turn may begin when none runs.
func (s *State) takesPrompts() bool {
	return s.up() && s.RecapWanted == "" && len(s.RefusedModes) == 0 && !slices.ContainsFunc(s.Changes, func(c optionChange) bool { return c.Again })
}

// configure sends a change to the agent, or reports its outcome if it is known.
func (s *State) configure(m rules.Configure) rules.Decision {
	c := m.Change
	switch {
	case slices.ContainsFunc(s.Changes, func(o optionChange) bool { return o.Change.ID == c.ID && !o.Again }):
		return rules.Decision{}
	case s.settled(c.ID) != nil:
		return rules.Decision{}.With(rules.Send{To: m.Shared, Message: s.settled(c.ID).message()})
	case !c.Forgets() && !s.up() && !s.canSignIn(c):
		return refuseChange(m, "the agent is not running")
	case slices.ContainsFunc(s.Changes, func(o optionChange) bool { return o.Change.Excludes(c) }):
		return refuseChange(m, "the agent has not answered the previous change of this option")
	case len(s.Changes) >= 2*rules.MaxChanges:
		return refuseChange(m, "too many changes wait for the agent")
	}
	d := rules.Decision{}.With(Broadcast{rules.ConfigureBegan{Change: c}})
	if c.Forgets() {
		return s.endChanges(d, changeEndedEvent{Change: c})
	}
	if !s.up() {
		return s.launchToSignIn(d, c)
	}
	d.Events = []rules.Event{{Public: &changeBeganEvent{Change: c}}}
	return d.With(sendChange(c))
}

func refuseChange(m rules.Configure, failure string) rules.Decision {
	return rules.Decision{}.With(rules.Send{To: m.Shared, Message: rules.ConfigureEnded{Change: m.Change, Failure: failure}})
}

func sendChange(c rules.OptionChange) rules.Effect {
	return ConfigureAgent{RequestID: c.ID, OptionID: c.OptionID, Value: c.Value, SignIn: c.SignIn}
}

// settled returns the outcome of a change; nil if it is not remembered.
func (s *State) settled(id string) *changeEndedEvent {
	for i := range s.SettledChanges {
		if s.SettledChanges[i].Change.ID == id {
			return &s.SettledChanges[i]
		}
	}
	return nil
}

// configured ends a change with the agent's answer.
func (s *State) configured(e rules.AgentConfigured) rules.Decision {
	for _, c := range s.Changes {
		if c.Change.ID == e.RequestID {
			ended := changeEndedEvent{Change: c.Change, Again: c.Again}
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
	var ended []changeEndedEvent
	for _, c := range s.Changes {
		if c.sent() && !now.Before(c.At.Deadline(c.timeout())) {
			ended = append(ended, changeEndedEvent{c.Change, noAnswer, c.Again})
		}
	}
	if len(ended) == 0 {
		return d
	}
	return s.endChanges(d, ended...)
}

// endChanges ends changes and reports the outcomes to the shared sessions. Then the next
// option is set again or, if there is none, the next prompt begins.
func (s *State) endChanges(d rules.Decision, ended ...changeEndedEvent) rules.Decision {
	after := *s
	for _, e := range ended {
		d.Events = append(d.Events, rules.Event{Public: &e})
		after.applyChangeEnded(&e, rules.Instant{})
		if !e.Again || e.Failure != "" {
			d = d.With(Broadcast{e.message()})
		}
	}
	d = after.notePresets(d, ended)
	if first := after.firstRefused(); first != nil && len(after.RefusedModes) < len(s.RefusedModes) {
		d = d.With(Broadcast{first.message()}) // shared sessions show one at a time
	}
	if next := after.nextAgain(); next != nil {
		if before := s.nextAgain(); before.Change.ID != next.Change.ID {
			d = d.With(sendChange(next.Change))
		}
		return d
	}
	if s.Running == nil && len(s.Queue) > 0 && after.takesPrompts() {
		return s.startTurn(d, s.Queue[0])
	}
	return d
}

// nextAgain returns the first option that is to be set again; nil for none.
func (s *State) nextAgain() *optionChange {
	for i := range s.Changes {
		if s.Changes[i].Again {
			return &s.Changes[i]
		}
	}
	return nil
}

// setChosen begins to set the options in an agent that has started, or begins the next
// turn if there are none.
func (s *State) setChosen(d rules.Decision) rules.Decision {
	for i, c := range s.Chosen {
		d.Events = append(d.Events, rules.Event{Public: &changeBeganEvent{Change: c, Again: true}})
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
			e := changeEndedEvent{Change: c.Change, Failure: failure}
			d.Events = append(d.Events, rules.Event{Public: &e})
			d = d.With(Broadcast{e.message()})
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
		ended := changeEndedEvent{Change: rules.OptionChange{ID: id}, Failure: changeInterrupted}
		if settled := s.settled(id); settled != nil {
			ended = *settled
		}
		d = d.With(rules.Send{To: m.Shared, Message: ended.message()})
	}
	if first := s.firstRefused(); first != nil {
		d = d.With(rules.Send{To: m.Shared, Message: first.message()})
	}
	return d
}

// firstRefused returns the first refused mode; nil for none.
func (s *State) firstRefused() *changeEndedEvent {
	if len(s.RefusedModes) == 0 {
		return nil
	}
	return &s.RefusedModes[0]
}

// applyChangeBegan adds a change. An option that is set again waits for those before it.
func (s *State) applyChangeBegan(e *changeBeganEvent, at rules.Instant) {
	if e.Again && s.nextAgain() != nil {
		at = rules.Instant{}
	}
	s.Changes = append(s.Changes, optionChange{e.Change, e.Again, at})
}

// applyChangeEnded folds the outcome of a change into the state. It changes no list in
// place, so that a copy of the state can apply it.
func (s *State) applyChangeEnded(e *changeEndedEvent, at rules.Instant) {
	s.Changes = slices.DeleteFunc(slices.Clone(s.Changes), func(c optionChange) bool {
		return c.Change.ID == e.Change.ID && c.Again == e.Again
	})
	if next := s.nextAgain(); e.Again && next != nil && !next.sent() {
		next.At = at
	}
	if !e.Again {
		s.SettledChanges = rules.KeepLast(append(slices.Clone(s.SettledChanges), *e), maxSettledChanges)
	}
	switch {
	case e.holds():
		s.RefusedModes = append(slices.Clone(s.RefusedModes), *e)
	case e.Failure != "" && e.Again: // it is not tried again
		s.forget(e.Change.OptionID)
	case e.Failure == "" && !e.Again && !e.Change.SignIn:
		s.choose(e.Change)
	}
}

// choose notes an option that was set, or that one is to be forgotten.
func (s *State) choose(c rules.OptionChange) {
	s.RefusedModes = slices.DeleteFunc(slices.Clone(s.RefusedModes), func(e changeEndedEvent) bool {
		gone := s.Session.Facts.OptionByID(e.Change.OptionID) == nil // another mode takes its place
		return e.Change.OptionID == c.OptionID || gone && c.Mode && !c.Forgets()
	})
	s.forget(c.OptionID)
	if !c.Forgets() {
		s.Chosen = rules.KeepLast(append(s.Chosen, c), maxChosen)
	}
}

func (s *State) forget(optionID string) {
	s.Chosen = slices.DeleteFunc(slices.Clone(s.Chosen), func(c rules.OptionChange) bool { return c.OptionID == optionID })
}

// followFacts notes the values that the agent shows for the options that participants have
// set. The agent may change an option itself, as when it ends a plan; the next process is
// given what participants saw last. Values are not followed before an agent has received
// what was set.
func (s *State) followFacts() {
	if !s.up() || s.nextAgain() != nil || len(s.RefusedModes) > 0 {
		return
	}
	for i, c := range s.Chosen {
		o := s.Session.Facts.OptionByID(c.OptionID)
		if o != nil && len(o.CurrentValue) > 0 && !protocol.SameConfigValue(o.CurrentValue, c.Value) {
			s.Chosen = slices.Clone(s.Chosen)
			s.Chosen[i].Value = o.CurrentValue
		}
	}
}
