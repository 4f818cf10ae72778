package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// signIn checks a participant's attempt to sign in, and sends it to the host session.
func (s *State) signIn(in rules.Input, c *protocol.SignIn, p protocol.Participant) rules.Decision {
	change := rules.OptionChange{ID: in.IDs[0], OptionID: c.MethodID, SignIn: true, By: p}
	if err := s.checkSignIn(change); err != nil {
		return rules.Decision{Err: err}
	}
	began := rules.PrimaryEvent(s.changing(change))
	began.Private.Change = change.ID
	return rules.Decision{Events: []rules.Event{began}, Effects: []rules.Effect{s.sendHost(rules.Configure{Change: change, Shared: s.ID})}}
}

func (s *State) checkSignIn(change rules.OptionChange) error {
	for _, other := range s.Changes {
		if other.Excludes(change) {
			return protocol.Errorf(protocol.CodeTooManyPending, "signing in is under way already")
		}
	}
	switch s.Agent {
	case protocol.AgentStarting, protocol.AgentEnding:
		return protocol.Errorf(protocol.CodeAgentUnavailable, "the agent is %s; try again when it is ready", s.Agent)
	}
	method := s.Facts.AuthMethod(change.OptionID)
	switch {
	case method == nil:
		return protocol.Errorf(protocol.CodeInvalidRequest, "the agent has no way to sign in with the id %.40q", change.OptionID)
	case method.Type == protocol.AuthByAgent:
		return nil
	case method.Command != "":
		return protocol.Errorf(protocol.CodeInvalidRequest, "the agent cannot do this by itself; run this command on the server's machine: %s", method.Command)
	}
	return protocol.Errorf(protocol.CodeInvalidRequest, "the agent cannot do this by itself; follow its description")
}
