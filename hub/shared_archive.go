package hub

import (
	"parley/hub/journal"
	"parley/protocol"
)

// reader authenticates a sender who reads. Participants who were not removed may
// read, also after leaving and after the session's end.
func (s *sharedState) reader(who sender) (protocol.Participant, error) {
	if err := s.requireCreated(); err != nil {
		return protocol.Participant{}, err
	}
	p, err := s.identify(who)
	if err == nil {
		err = s.requireNotRemoved(p)
	}
	return p, err
}

// resumeReading begins a connection that only reads. It does not bring back a host
// who has left.
func (s *sharedState) resumeReading(who sender, recent int) decision {
	p, err := s.reader(who)
	if err != nil {
		return decision{err: err}
	}
	w := welcomeFor{participant: p.ID, recent: recent, readOnly: true}
	if _, known := s.People.get(p.ID); !known {
		w.departed = &p
	}
	return decision{answer: w}
}

// readingCommand decides on a command of a sender who only reads.
func (s *sharedState) readingCommand(c command) decision {
	if _, err := s.reader(c.who); err != nil {
		return decision{err: err}
	}
	switch r := c.request.Command.(type) {
	case *protocol.History:
		return decision{answer: historyRange{*r}}
	case *protocol.Item:
		return s.item(r)
	case *protocol.People:
		return decision{answer: peopleRange{*r}}
	case *protocol.AskPresence:
		return decision{answer: presenceList{}}
	case *protocol.Ping:
		return decision{answer: pong{}}
	}
	return refuse(protocol.CodeReadOnly, "this connection can only read; it does not accept %s", c.request.Command.CommandType())
}

func (s *sharedState) archive(m archive) decision {
	if _, err := s.reader(m.who); err != nil {
		return decision{err: err}
	}
	which := m.which
	if which.Before == "" && which.After == "" {
		which.After = protocol.NewCursor(0, journal.ChainStart(s.ID)).String()
	}
	return decision{answer: archivePage{which}}
}
