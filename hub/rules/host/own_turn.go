package host

import "parley/hub/rules"

// An agent may work without a prompt, for example to follow up on a task that it ran in
// the background. That is a turn without an approval: it runs in no shared session, so its
// questions go to all of them, and prompts wait until it ends.

// ownTurnBeganEvent records that the agent works without a prompt.
type ownTurnBeganEvent struct{}

// isOwn reports whether the agent began the turn without a prompt.
func isOwn(t rules.Turn) bool { return t.Approval == "" }

// ownTurnBegan decides on an agent that begins to work without a prompt. If a turn runs,
// the agent received its prompt meanwhile.
func (s *State) ownTurnBegan() rules.Decision {
	if s.Running != nil {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &ownTurnBeganEvent{}}}}.
		With(Broadcast{rules.OwnTurnBegan{}})
}

// stopWork asks the agent to stop a tool call or a terminal.
func (s *State) stopWork(m rules.StopWork) rules.Decision {
	if !s.up() {
		return s.stopRefused(m.Work, "the agent does not run")
	}
	return rules.Decision{}.With(StopWork{m.Work})
}

func (s *State) stopRefused(w rules.Work, reason string) rules.Decision {
	return rules.Decision{}.With(rules.Send{To: w.Shared, Message: rules.StopRefused{Work: w, Reason: reason}})
}
