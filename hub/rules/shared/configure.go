package shared

import (
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// configure checks a change of an option and sends it to the host session.
func (s *State) configure(in rules.Input, c *protocol.Configure, p protocol.Participant) rules.Decision {
	change := rules.OptionChange{ID: in.IDs[0], OptionID: c.OptionID, Value: c.Value, By: p}
	if c.Forget {
		change.Value = rules.NoValue
	}
	option := s.Facts.OptionByID(c.OptionID)
	change.Mode = option != nil && option.Category == protocol.CategoryMode
	if err := s.checkChange(change, option); err != nil {
		return rules.Decision{Err: err}
	}
	began := rules.PrimaryEvent(s.changing(change))
	began.Private.Change = change.ID
	return rules.Decision{Events: []rules.Event{began}, Effects: []rules.Effect{s.sendHost(rules.Configure{Change: change, Shared: s.ID})}}
}

// checkChange returns the error that refuses a change. Forgetting an option needs
// neither an agent nor a known option.
func (s *State) checkChange(change rules.OptionChange, option *protocol.ConfigOption) error {
	if slices.ContainsFunc(s.Changes, func(other rules.OptionChange) bool { return other.Excludes(change) }) {
		return protocol.Errorf(protocol.CodeTooManyPending, "the agent has not answered the previous change of this option")
	}
	if len(s.Changes) >= rules.MaxChanges {
		return protocol.Errorf(protocol.CodeTooManyPending, "too many changes wait for the agent")
	}
	if change.Forgets() {
		return nil
	}
	switch s.Agent {
	case protocol.AgentStarting, protocol.AgentEnding, protocol.AgentExited:
		return protocol.Errorf(protocol.CodeAgentUnavailable, "the agent is %s; its options can be set while it runs", s.Agent)
	}
	if option == nil {
		return protocol.Errorf(protocol.CodeInvalidRequest, "the agent has no option %.40q", change.OptionID)
	}
	return option.Accepts(change.Value)
}

// changing returns the event that says that a change waits for the agent.
func (s *State) changing(c rules.OptionChange) protocol.Payload {
	if c.SignIn {
		return &protocol.AgentSigningIn{MethodID: c.OptionID, Participant: c.By}
	}
	return &protocol.AgentConfiguring{OptionID: c.OptionID, Value: c.Value, Participant: c.By}
}

// addConfiguring adds the changes without an outcome to a welcome.
func (s *State) addConfiguring(a *protocol.Agent) {
	for _, c := range s.Changes {
		switch p := s.changing(c).(type) {
		case *protocol.AgentSigningIn:
			a.SigningIn = p
		case *protocol.AgentConfiguring:
			a.Configuring = append(a.Configuring, *p)
		}
	}
}

// change returns the change with an id whose outcome is unknown; nil for none.
func (s *State) change(id string) *rules.OptionChange {
	for i := range s.Changes {
		if s.Changes[i].ID == id {
			return &s.Changes[i]
		}
	}
	return nil
}

// configureBegan records a change that was made in another shared session.
func (s *State) configureBegan(m rules.ConfigureBegan) rules.Decision {
	if !s.Active() || s.change(m.Change.ID) != nil || len(s.Changes) >= rules.MaxChanges {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: s.changing(m.Change), Private: rules.Private{Change: m.Change.ID}}}}
}

// configureEnded records the outcome of a change.
func (s *State) configureEnded(m rules.ConfigureEnded) rules.Decision {
	change := m.Change
	if known := s.change(change.ID); known != nil && !m.Again {
		change = *known
	} else if !m.Again || m.PromptsWait && s.RefusedMode != nil {
		return rules.Decision{}
	}
	if !s.Active() {
		return rules.Decision{}
	}
	e := rules.Event{Public: changed(change, m)}
	if !m.Again {
		e.Private.Change = change.ID
	}
	return rules.Decision{Events: []rules.Event{e}}
}

// changed returns the event that tells the outcome of a change.
func changed(c rules.OptionChange, m rules.ConfigureEnded) protocol.Payload {
	switch {
	case c.SignIn && m.Failure == "":
		return &protocol.AgentSignedIn{MethodID: c.OptionID, Participant: c.By}
	case c.SignIn:
		return &protocol.AgentSignInFailed{MethodID: c.OptionID, Participant: c.By, Reason: m.Failure}
	case m.Failure == "":
		return &protocol.AgentConfigured{OptionID: c.OptionID, Value: c.Value, Participant: c.By}
	}
	return &protocol.AgentConfigureFailed{OptionID: c.OptionID, Value: c.Value, Participant: c.By, Reason: m.Failure, PromptsWait: m.PromptsWait}
}

// applyChange applies an event about a change of an option. It ignores other events.
func (s *State) applyChange(e rules.Event) {
	switch p := e.Public.(type) {
	case *protocol.AgentConfiguring:
		s.Changes = append(s.Changes, rules.OptionChange{ID: e.Private.Change, OptionID: p.OptionID, Value: p.Value, By: p.Participant})
	case *protocol.AgentSigningIn:
		s.Changes = append(s.Changes, rules.OptionChange{ID: e.Private.Change, OptionID: p.MethodID, SignIn: true, By: p.Participant})
	case *protocol.AgentSignedIn:
		s.dropChange(e.Private.Change)
		s.NeedsSignIn = false
	case *protocol.AgentSignInFailed:
		s.dropChange(e.Private.Change)
	case *protocol.AgentConfigured:
		s.applyConfigured(p, e.Private.Change)
	case *protocol.AgentConfigureFailed:
		s.applyConfigureFailed(p, e.Private.Change)
	}
}

func (s *State) applyConfigured(p *protocol.AgentConfigured, id string) {
	s.dropChange(id)
	if s.RefusedMode != nil && s.Facts.Replaces(p, s.RefusedMode.OptionID) {
		s.RefusedMode = nil
	}
}

func (s *State) applyConfigureFailed(p *protocol.AgentConfigureFailed, id string) {
	s.dropChange(id)
	if p.PromptsWait {
		s.RefusedMode = p
	}
}

func (s *State) dropChange(id string) {
	if id != "" {
		s.Changes = slices.DeleteFunc(s.Changes, func(c rules.OptionChange) bool { return c.ID == id })
	}
}

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
		return protocol.Errorf(protocol.CodeInvalidRequest, "the agent cannot do this by itself; run this command on the agent's machine: %s", method.Command)
	}
	return protocol.Errorf(protocol.CodeInvalidRequest, "the agent cannot do this by itself; follow its description")
}
