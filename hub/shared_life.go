package hub

import (
	"time"

	"parley/protocol"
)

// closeNormal is the close code of RFC 6455 for a connection that has served its
// purpose.
const closeNormal = 1000

func (s *sharedState) setMode(c *protocol.SetMode, p protocol.Participant) decision {
	next := s.Session
	next.Mode = c.Mode
	next.ApprovalRequired = c.Mode == protocol.ModePromptWithApproval
	return decision{events: []event{primaryEvent(&protocol.SessionUpdated{Session: next, Participant: p})}}
}

// close ends the session in one commit: prompts in flight fail, pending ones stay
// pending, all participants have left, and session_closed is the last event.
func (s *sharedState) close(status protocol.SessionStatus, failure string) decision {
	var d decision
	for _, o := range s.inFlight() {
		d.events = append(d.events, event{public: &protocol.PromptDispatchFailed{ApprovalID: o.Approval.ID, Error: failure}})
		d.effects = append(d.effects, s.tellHost(cancelTurn{o.Approval.ID, failure}))
	}
	for _, p := range s.Permissions {
		d.effects = append(d.effects, release{
			hold:  p.RequestID,
			other: protocol.Errorf(protocol.CodeSessionInactive, "the session is %s", status),
		})
	}
	d.events = append(d.events, primaryEvent(&protocol.SessionClosed{Status: status}))
	d.effects = append(d.effects,
		s.tellHost(sharedClosed{shared: s.ID}),
		cut{code: protocol.CloseSessionEnded, reason: "the session is " + string(status)})
	return d
}

func (s *sharedState) expire(in input) decision {
	if due := s.due(); due.IsZero() || in.at.Before(due) {
		return decision{}
	}
	return s.close(protocol.StatusExpired, "the session expired")
}

// due implements [state].
func (s *sharedState) due() time.Time {
	if !s.active() || s.Session.ExpiresAt == nil {
		return time.Time{}
	}
	return *s.Session.ExpiresAt
}
