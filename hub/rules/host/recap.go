package host

import (
	"slices"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// A new session of the agent does not remember the turns before it. The first prompt of
// each shared session in it is therefore preceded by a recap, which the host session asks
// the shared session for: only that one knows what the agent has answered. No other turn
// begins meanwhile.

// maxRecapped is how many shared sessions are known to have had a turn in the agent's
// session. Others are asked again, which repeats the recap.
const maxRecapped = 64

// Events about recaps. Their JSON is stored.
type (
	recapWantedEvent   struct{ Approval string }
	recapReceivedEvent struct{ Approval string }
)

// wantRecap returns the effect that asks for the recap before a turn.
func (s *State) wantRecap(t rules.Turn) rules.Effect {
	return rules.Send{To: t.Shared, Message: rules.RecapWanted{
		Approval:  t.Approval,
		Continued: rules.AgentContinued{Session: s.Renewed, Renewal: s.Renewals},
	}}
}

// recapped starts the next turn, after the recap that was asked for. The turn that it was
// for may have been cancelled.
func (s *State) recapped(m rules.Recap) rules.Decision {
	if s.RecapWanted == "" || s.RecapWanted != m.Approval {
		return rules.Decision{}
	}
	d := rules.Decision{Events: []rules.Event{{Public: &recapReceivedEvent{m.Approval}}}}
	after := *s
	after.RecapWanted = ""
	switch {
	case len(s.Queue) == 0 || s.Running != nil || !after.takesPrompts():
		return d
	case s.Queue[0].Approval == m.Approval:
		return after.sendTurn(d, s.Queue[0], m.Text)
	}
	return after.startTurn(d, s.Queue[0])
}

// sendRecapWanted asks a shared session again for a recap that may have been lost.
func (s *State) sendRecapWanted(d rules.Decision, shared journal.SessionID) rules.Decision {
	if i := s.Queued(s.RecapWanted); s.RecapWanted != "" && i >= 0 && s.Queue[i].Shared == shared {
		return d.With(s.wantRecap(s.Queue[i]))
	}
	return d
}

// applyRecap applies an event about a recap. It ignores other events.
func (s *State) applyRecap(payload protocol.Payload) {
	switch p := payload.(type) {
	case *recapWantedEvent:
		s.RecapWanted = p.Approval
	case *recapReceivedEvent:
		s.RecapWanted = ""
	}
}

// applyRenewed notes that the agent has begun a new session without its earlier turns.
func (s *State) applyRenewed(reason string) {
	s.Renewals++
	s.Renewed = protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: reason}
	s.Recapped = nil
}

// noteTurn notes that the agent's session has had a turn of a shared session.
func (s *State) noteTurn(shared journal.SessionID) {
	if s.Renewals > 0 && !slices.Contains(s.Recapped, shared) {
		s.Recapped = rules.KeepLast(append(slices.Clone(s.Recapped), shared), maxRecapped)
	}
}
