package join

import (
	"context"

	"parley/protocol"
	"parley/protocol/client"
)

const (
	hostLeft = "* the host has left: nobody can approve prompts or answer the agent until the host is back"
	askHost  = `* until you are back nobody can approve prompts, answer the agent's questions or
  close the session; what waits stays open. Type /leave again to leave.`
	leftAsHost = `* you have left. What waits stays open until you are back, and nobody else can
  decide on it. The way back, for your eyes only:`
	leftAsGuest = `* you have left. What you have proposed stays, and the host can still approve it.
  You can join again by the invite, as a new participant.`
)

// leave ends the participation. A host at a terminal is first told what that
// means for the others, and types it again.
func (s *session) leave(ctx context.Context) (show func(), err error) {
	host := s.c.Self().Role == protocol.RoleHost
	if host && s.o.Terminal && !s.toldHost {
		return func() {
			s.last, s.toldHost = false, true
			s.screen.line(plain, "%s", askHost)
		}, nil
	}
	if err := s.c.Leave(ctx); err != nil {
		return nil, err
	}
	return func() {
		if !host {
			s.screen.line(plain, "%s", leftAsGuest)
			return
		}
		s.ownLink(leftAsHost)
	}, nil
}

// tellDecider reports that no participant can decide any more.
func (s *session) tellDecider(n client.Notice) {
	switch n := n.(type) {
	case client.Welcome:
		if n.Session.Status != protocol.StatusActive {
			return // nothing is decided there any more
		}
		for _, p := range n.Participants {
			if p.Role == protocol.RoleHost && p.LeftAt != nil {
				s.screen.line(accent, hostLeft)
			}
		}
	case client.Event:
		left, ok := n.Payload.(*protocol.ParticipantLeft)
		if ok && left.Participant.Role == protocol.RoleHost && left.Participant.ID != s.c.Self().ID {
			s.screen.line(accent, hostLeft)
		}
	}
}
