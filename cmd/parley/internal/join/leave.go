package join

import (
	"context"

	"parley/protocol"
	"parley/protocol/client"
)

const (
	hostLeftNotice = "* the host has left: until the host is back, nobody can approve prompts or answer the agent"
	leaveWarning   = `* until you are back, nobody can approve prompts, answer the agent's questions or
  close the session; open items stay open. Type /leave again to leave.`
	hostLeftText = `* you have left. Open items stay open until you are back, and nobody else can
  decide on them. To come back, use your own link, and keep it secret:`
	guestLeftText = `* you have left. Your proposals stay open, and the host can still approve them.
  You can join again with the invite link, as a new participant.`
	rejoinText = "* you are still a participant; to come back, use your own link, and keep it secret:"
)

// leave ends the participation. A host at a terminal is first told what that means for
// the others, and must repeat the command.
func (s *session) leave(ctx context.Context) (show func(), err error) {
	host := s.c.Self().Role == protocol.RoleHost
	if host && s.options.Terminal && !s.leaveWarned {
		return func() {
			s.ending, s.leaveWarned = false, true
			s.screen.line(plain, "%s", leaveWarning)
		}, nil
	}
	if err := s.c.Leave(ctx); err != nil {
		return nil, err
	}
	return func() {
		if !host {
			s.screen.line(plain, "%s", guestLeftText)
			return
		}
		s.printOwnLink(hostLeftText)
	}, nil
}

// warnHostLeft prints that no participant can decide anymore, if that is what a notice
// says.
func (s *session) warnHostLeft(n client.Notice) {
	switch n := n.(type) {
	case client.Welcome:
		if n.Session.Status != protocol.StatusActive {
			return // nothing can be decided in it anyway
		}
		for _, p := range n.Participants {
			if p.Role == protocol.RoleHost && p.LeftAt != nil {
				s.screen.line(accent, hostLeftNotice)
			}
		}
	case client.Event:
		left, ok := n.Payload.(*protocol.ParticipantLeft)
		if ok && left.Participant.Role == protocol.RoleHost && left.Participant.ID != s.c.Self().ID {
			s.screen.line(accent, hostLeftNotice)
		}
	}
}

func (s *session) printRejoinLink() { s.printOwnLink(rejoinText) }

// printOwnLink prints the participant's own link below a text. It closes the input line
// first, which would wrap the link.
func (s *session) printOwnLink(text string) {
	s.screen.endStream()
	if s.options.Console != nil {
		s.options.Console.Close()
	}
	s.screen.line(plain, "%s", text)
	s.screen.line(plain, "  parley join '%s'", s.c.Own())
}
