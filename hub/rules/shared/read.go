package shared

import (
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// read decides on a read of the original API, which requires an active session.
func (s *State) read(m Read) rules.Decision {
	err := s.requireActive()
	var reader rules.Projection
	if m.Sender != nil {
		var p protocol.Participant
		p, err = s.authenticate(*m.Sender)
		reader = s.ProjectionOf(p)
	}
	if err != nil {
		return rules.Decision{Err: err}
	}
	if m.Kind == ReadQueue {
		return rules.Decision{Answer: s.wholeQueue(reader)}
	}
	return rules.Decision{Answer: ReadFor{m.Kind, reader}}
}

// invitation describes the session to a holder of the invite, also after the session has
// ended. For a wrong invite it returns the error of a join.
func (s *State) invitation(m Invitation) rules.Decision {
	if err := s.requireCreated(); err != nil {
		return rules.Decision{Err: err}
	}
	if s.requireInvite(m.Invite) != nil {
		return rules.Decision{Err: s.requireInvitation(m.Invite, m.Guarded)}
	}
	return rules.Decision{Answer: &protocol.InvitationAnswer{
		Session:      s.Session,
		Host:         s.Host(),
		Participants: s.People.FirstPresent(protocol.MaxInvitationParticipants),
		Present:      s.People.Present(),
	}}
}

// resumeReading begins a connection that only reads. A host who has left stays absent.
func (s *State) resumeReading(sender Sender, recent int) rules.Decision {
	p, err := s.authenticateReader(sender)
	if err != nil {
		return rules.Decision{Err: err}
	}
	w := WelcomeFor{Participant: p.ID, Recent: recent, readOnly: true}
	if _, known := s.People.Get(p.ID); !known {
		w.departed = &p
	}
	return rules.Decision{Answer: w}
}

// readingCommand decides on a command of a connection that only reads.
func (s *State) readingCommand(c Command) rules.Decision {
	p, err := s.authenticateReader(c.Sender)
	if err != nil {
		return rules.Decision{Err: err}
	}
	if d, reads := s.readCommand(c.Request.Command, p); reads {
		return d
	}
	return rules.Refuse(protocol.CodeReadOnly, "this connection can only read; it does not accept %s", c.Request.Command.CommandType())
}

// readCommand decides on a command of a participant that changes nothing; reads is false
// for any other.
func (s *State) readCommand(command protocol.Command, p protocol.Participant) (d rules.Decision, reads bool) {
	switch c := command.(type) {
	case *protocol.History:
		return rules.Decision{Answer: HistoryRange{History: *c, For: s.ProjectionOf(p)}}, true
	case *protocol.Item:
		return s.item(c, p), true
	case *protocol.People:
		return rules.Decision{Answer: PeopleRange{*c}}, true
	case *protocol.AskPresence:
		return rules.Decision{Answer: PresenceList{}}, true
	case *protocol.Ping:
		return rules.Decision{Answer: Pong{}}, true
	}
	return rules.Decision{}, false
}

// archive decides on a request for a page of the archive. Without a cursor the page begins
// with the first event.
func (s *State) archive(m Archive) rules.Decision {
	p, err := s.authenticateReader(m.Sender)
	if err != nil {
		return rules.Decision{Err: err}
	}
	query := m.Query
	if query.Before == "" && query.After == "" && !m.Export {
		query.After = protocol.NewCursor(0, journal.ChainStart(s.ID)).String()
	}
	return rules.Decision{Answer: ArchivePage{query, m.Export, s.ProjectionOf(p)}}
}
