package shared

import (
	"cmp"
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// agentNotified records each notification as an event, until the session has ended.
func (s *State) agentNotified(m rules.AgentNotified) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	events := make([]rules.Event, len(m.Notifications))
	for i, n := range m.Notifications {
		events[i].Public = &protocol.HostSessionUpdate{Notification: n}
	}
	return rules.Decision{Events: events}
}

// agentChanged records the agent's status, unless it is the known one.
func (s *State) agentChanged(m rules.AgentChanged) rules.Decision {
	known := protocol.AgentStatusChanged{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince, Asleep: s.Asleep}
	if !s.Active() || known.Same(m.Status) {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Status}}}
}

// agentNoted records that the agent writes lines that are not messages.
func (s *State) agentNoted(m rules.AgentNote) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Note}}}
}

// agentFactsChanged records the facts that differ from the known ones.
func (s *State) agentFactsChanged(m rules.AgentFactsChanged) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	changes, _ := s.Facts.Changes(m.Facts)
	return recordBegin(rules.Decision{Events: s.factChanges(m.Facts)}, changes)
}

// factChanges returns the event with the facts that differ from the known ones; nil if
// none does.
func (s *State) factChanges(facts protocol.AgentFacts) []rules.Event {
	changes, changed := s.Facts.Changes(facts)
	if !changed {
		return nil
	}
	return []rules.Event{{Public: &protocol.AgentUpdated{AgentFacts: changes}}}
}

// turnAccepted records that a prompt waits behind other turns. Like the reports below,
// it changes nothing if it is repeated or is about a prompt that is done.
func (s *State) turnAccepted(m rules.TurnAccepted) rules.Decision {
	o := s.OpenPrompt(m.Approval)
	if o == nil || o.Phase != phaseApproved || m.Ahead == 0 {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptQueued{ApprovalID: m.Approval, Ahead: m.Ahead}}}}
}

// turnStarted records that the agent works on a prompt.
func (s *State) turnStarted(m rules.TurnStarted) rules.Decision {
	if o := s.OpenPrompt(m.Approval); o == nil || o.Phase == phaseRunning {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptDispatchStarted{ApprovalID: m.Approval}}}}
}

// turnEnded records the end of a turn and confirms it to the host session.
func (s *State) turnEnded(m rules.TurnEnded) rules.Decision {
	o := s.OpenPrompt(m.Approval)
	if o == nil && m.Replaces != "" {
		if before := s.OpenPrompt(m.Replaces); before != nil {
			return rules.Decision{}.With(s.sendHost(rules.Dispatch{Turn: s.turnOf(before)})) // the report that introduces this turn was lost
		}
	}
	d := rules.Decision{Effects: []rules.Effect{s.sendHost(rules.ConfirmEnd{Approval: m.Approval})}}
	switch {
	case o == nil && m.Edit != nil:
		return d.With(rules.Release{Hold: holdEdit + m.Approval, Err: cmp.Or(s.requireActive(), tooLate())})
	case o == nil:
		return d
	case m.Edit != nil:
		return s.turnEdited(d, o, m.Edit)
	case m.By != nil && !o.Cancelled:
		d.Events = []rules.Event{{Public: &protocol.PromptCancelled{ApprovalID: m.Approval, Participant: *m.By}}}
	}
	if dir := s.WorkingDir(); dir != "" && s.Active() && o.Phase == phaseRunning {
		d = d.With(RecordTurn{Dir: dir, Approval: m.Approval})
	}
	if m.Failure != "" {
		d.Events = append(d.Events, rules.Event{Public: &protocol.PromptDispatchFailed{ApprovalID: m.Approval, Error: m.Failure, Code: m.Code}})
		return d
	}
	d.Events = append(d.Events, rules.Event{Public: &protocol.PromptDispatchCompleted{ApprovalID: m.Approval, StopReason: m.StopReason}})
	return d
}

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
