package options

import (
	"slices"
	"time"

	"parley/hub/rules"
)

const (
	configureTimeout = 30 * time.Second // after which a change without an answer fails
	// signInTimeout is the time after which signing in without an answer fails. A person may
	// have to open a page, find a telephone and type a code.
	signInTimeout = 10 * time.Minute

	maxChosen  = 64 // options that are set again
	maxSettled = 32 // outcomes, for shared sessions that missed them
)

// NoAnswer is the failure of a change that the agent has not answered in time.
const NoAnswer = "the agent did not answer"

// Options are the options of one agent. The JSON of the fields is part of the snapshot of a
// host session.
type Options struct {
	Changes        []Change             `json:",omitempty"` // not answered by the agent, in order; at most 2*rules.MaxChanges
	Chosen         []rules.OptionChange `json:",omitempty"` // what participants have set, to be set again in the next process; at most maxChosen
	SettledChanges []EndedEvent         `json:",omitempty"` // the newest outcomes; at most maxSettled
	RefusedModes   []EndedEvent         `json:",omitempty"` // modes that the restarted agent refuses, and prompts wait; one for each option at most
}

// Change is a change that the agent has not answered. Changes that set an option again are
// sent one by one.
type Change struct {
	Change rules.OptionChange
	Again  bool          // it sets an option again that a participant set in an earlier process
	At     rules.Instant // when it was sent to the agent; zero until then
}

// sent reports whether the agent has received the change.
func (c Change) sent() bool { return !c.At.IsZero() }

// deadline returns when the change fails without an answer.
func (c Change) deadline() time.Time {
	if c.Change.SignIn {
		return c.At.Deadline(signInTimeout)
	}
	return c.At.Deadline(configureTimeout)
}

// Waits reports whether the participants' change with an id waits for the agent.
func (o *Options) Waits(id string) bool {
	return slices.ContainsFunc(o.Changes, func(c Change) bool { return c.Change.ID == id && !c.Again })
}

// Refusal returns why one more change cannot be made now; empty if it can.
func (o *Options) Refusal(c rules.OptionChange) string {
	switch {
	case slices.ContainsFunc(o.Changes, func(other Change) bool { return other.Change.Excludes(c) }):
		return "the agent has not answered the previous change of this option"
	case len(o.Changes) >= 2*rules.MaxChanges:
		return "too many changes wait for the agent"
	}
	return ""
}

// PromptsMayBegin reports whether all options are set as participants have chosen them.
func (o *Options) PromptsMayBegin() bool { return len(o.RefusedModes) == 0 && o.NextAgain() == nil }

// Settled returns the outcome of a change; nil if it is not remembered.
func (o *Options) Settled(id string) *EndedEvent {
	for i := range o.SettledChanges {
		if o.SettledChanges[i].Change.ID == id {
			return &o.SettledChanges[i]
		}
	}
	return nil
}

// NextAgain returns the first option that is to be set again; nil for none.
func (o *Options) NextAgain() *Change {
	for i := range o.Changes {
		if o.Changes[i].Again {
			return &o.Changes[i]
		}
	}
	return nil
}

// FirstRefused returns the first refused mode; nil for none.
func (o *Options) FirstRefused() *EndedEvent {
	if len(o.RefusedModes) == 0 {
		return nil
	}
	return &o.RefusedModes[0]
}

// SignIns returns the attempts to sign in.
func (o *Options) SignIns() []Change {
	return slices.DeleteFunc(slices.Clone(o.Changes), func(c Change) bool { return !c.Change.SignIn })
}

// Due returns when the first change fails without an answer; zero for never.
func (o *Options) Due() (due time.Time) {
	for _, c := range o.Changes {
		if !c.sent() {
			continue
		}
		if at := c.deadline(); due.IsZero() || at.Before(due) {
			due = at
		}
	}
	return due
}

// Overdue returns the failures of the changes that the agent has not answered in time.
func (o *Options) Overdue(now time.Time) (ended []EndedEvent) {
	for _, c := range o.Changes {
		if c.sent() && !now.Before(c.deadline()) {
			ended = append(ended, EndedEvent{c.Change, NoAnswer, c.Again})
		}
	}
	return ended
}

// SetClock sets the clock's readings of the instants in options that were read from the
// journal.
func (o *Options) SetClock(now time.Time) {
	for i := range o.Changes {
		o.Changes[i].At.SetClock(now)
	}
}
