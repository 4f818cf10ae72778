package options

import (
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// ApplyBegan adds a change. An option that is set again waits for those before it.
func (o *Options) ApplyBegan(e *BeganEvent, at rules.Instant) {
	if e.Again && o.NextAgain() != nil {
		at = rules.Instant{}
	}
	o.Changes = append(o.Changes, Change{e.Change, e.Again, at})
}

// ApplyEnded applies the outcome of a change. It changes no list in place, so that a copy of
// the options can apply it. facts are the facts about the agent.
func (o *Options) ApplyEnded(e *EndedEvent, at rules.Instant, facts *protocol.AgentFacts) {
	o.Changes = slices.DeleteFunc(slices.Clone(o.Changes), func(c Change) bool {
		return c.Change.ID == e.Change.ID && c.Again == e.Again
	})
	if next := o.NextAgain(); e.Again && next != nil && !next.sent() {
		next.At = at
	}
	if !e.Again {
		o.SettledChanges = rules.KeepLast(append(slices.Clone(o.SettledChanges), *e), maxSettled)
	}
	switch {
	case e.holds():
		o.RefusedModes = append(slices.Clone(o.RefusedModes), *e)
	case e.Failure != "" && e.Again: // it is not tried again
		o.forget(e.Change.OptionID)
	case e.Failure == "" && !e.Again && !e.Change.SignIn:
		o.choose(e.Change, facts)
	}
}

// choose notes an option that was set, or that one is to be forgotten.
func (o *Options) choose(c rules.OptionChange, facts *protocol.AgentFacts) {
	o.RefusedModes = slices.DeleteFunc(slices.Clone(o.RefusedModes), func(e EndedEvent) bool {
		gone := facts.OptionByID(e.Change.OptionID) == nil // another mode takes its place
		return e.Change.OptionID == c.OptionID || gone && c.Mode && !c.Forgets()
	})
	o.forget(c.OptionID)
	if !c.Forgets() {
		o.Chosen = rules.KeepLast(append(o.Chosen, c), maxChosen)
	}
}

func (o *Options) forget(optionID string) {
	o.Chosen = slices.DeleteFunc(slices.Clone(o.Chosen), func(c rules.OptionChange) bool { return c.OptionID == optionID })
}

// ApplyPreset applies the choices of the configuration.
func (o *Options) ApplyPreset(e *PresetEvent) {
	o.Chosen = rules.KeepLast(append(slices.Clone(o.Chosen), e.Options...), maxChosen)
}

// Follow notes the values that the agent shows for the options that participants have set.
// The agent may change an option itself, as when it ends a plan; the next process is given
// what participants saw last. Values are not followed before an agent has received what was
// set.
func (o *Options) Follow(facts *protocol.AgentFacts) {
	if !o.PromptsMayBegin() {
		return
	}
	for i, c := range o.Chosen {
		shown := facts.OptionByID(c.OptionID)
		if shown != nil && len(shown.CurrentValue) > 0 && !protocol.SameConfigValue(shown.CurrentValue, c.Value) {
			o.Chosen = slices.Clone(o.Chosen)
			o.Chosen[i].Value = shown.CurrentValue
		}
	}
}
