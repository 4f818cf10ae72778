package host

import (
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// Signing in is a change like that of an option, except that an agent that does not run is
// started for it: such an agent may be unable to open a session before.

// signInTimeout is the time after which signing in without an answer fails. A person may
// have to open a page, find a telephone and type a code.
const signInTimeout = 10 * time.Minute

// timeout is the time after which the change fails without an answer.
func (c optionChange) timeout() time.Duration {
	if c.Change.SignIn {
		return signInTimeout
	}
	return configureTimeout
}

// canSignIn reports whether a change is signing in to an agent that can be started for it.
func (s *State) canSignIn(c rules.OptionChange) bool {
	return c.SignIn && s.Agent == protocol.AgentExited
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
	d.Events = append(d.Events, rules.Event{Public: &changeBeganEvent{Change: c}})
	return d
}

// signIns returns the attempts to sign in for which the agent is being started. They outlast
// a start that is repeated.
func (s *State) signIns() []optionChange {
	var list []optionChange
	for _, c := range s.Changes {
		if c.Change.SignIn && s.Agent == protocol.AgentStarting {
			list = append(list, c)
		}
	}
	return list
}

// signedIn ends the attempts for which the agent was started, since it is ready.
func (s *State) signedIn() rules.Decision {
	var d rules.Decision
	for _, c := range s.signIns() {
		e := changeEndedEvent{Change: c.Change}
		d.Events = append(d.Events, rules.Event{Public: &e})
		d = d.With(Broadcast{e.message()})
	}
	return d
}
