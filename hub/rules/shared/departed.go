package shared

import (
	"errors"
	"slices"
	"strings"
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// Departed are participants whom the state does not hold, by id, as the journal has
// them; nil for an id without a participant.
type Departed map[string]*protocol.Participant

// AbsentError reports that a decision needs a participant whom the state does not
// hold. The caller looks the participant up in the journal and decides again, with
// the input that WithDeparted returns. To a client that receives it all the same
// it is JOURNAL_UNAVAILABLE.
type AbsentError struct{ ID string }

func (e *AbsentError) Error() string { return "participant " + e.ID + " is not in the state" }

func (e *AbsentError) Unwrap() error {
	return protocol.Errorf(protocol.CodeJournalUnavailable, "a participant cannot be looked up now; try again with the same id")
}

// IsAbsent reports whether an error is an [AbsentError].
func IsAbsent(err error) bool {
	_, absent := errors.AsType[*AbsentError](err)
	return absent
}

// maxSubjectID is the longest id, in bytes, that is looked up in the journal. Ids are
// UUIDs.
const maxSubjectID = 64

// lookup returns a participant, who may have left, or an [AbsentError].
func (s *State) lookup(id string, left Departed) (protocol.Participant, error) {
	if p, known := s.People.Get(id); known {
		return p, nil
	}
	found, sought := left[id]
	switch {
	case found != nil:
		p := *found
		if p.LeftAt == nil { // left after it was looked up
			p.LeftAt = new(s.Time)
		}
		return p, nil
	case !sought && s.LeftCount > 0 && id != "" && len(id) <= maxSubjectID:
		return protocol.Participant{}, &AbsentError{id}
	}
	return protocol.Participant{}, protocol.Errorf(protocol.CodeParticipantNotFound, "no such participant in this session")
}

// guestAuthors returns the guests whose prompts are not done, also those who have left.
func (s *State) guestAuthors() []protocol.Participant {
	var authors []protocol.Participant
	for _, o := range s.Open {
		if o.Author.Role != protocol.RoleHost && !slices.ContainsFunc(authors, func(p protocol.Participant) bool { return p.ID == o.Author.ID }) {
			authors = append(authors, o.Author)
		}
	}
	return authors
}

// recordDeparture removes what is kept for a guest by participant id, and keeps the guest's
// commands for a while.
func (s *State) recordDeparture(p protocol.Participant, at time.Time) {
	s.LeftCount++
	delete(s.JoinedTyped, p.ID)
	delete(s.Deciders, p.ID)
	var commands []departedCommand
	for _, c := range s.Commands.removeMatching(p.ID, func(completedCommand) bool { return true }) {
		commands = append(commands, newDepartedCommand(p.ID, c))
	}
	scope := joinScope(p.UserID)
	for _, c := range s.Commands.removeMatching(scope, func(c completedCommand) bool { return c.Joined == p.ID }) {
		commands = append(commands, newDepartedCommand(scope, c))
	}
	s.Departed.add(at, commands)
}

// remember records a command that was carried out, with its event.
func (s *State) remember(c *rules.CommandRef, p protocol.Payload, at rules.Stamp) {
	done := completedCommand{ID: c.ID, Digest: c.Digest, Seq: at.Seq}
	if j, ok := p.(*protocol.ParticipantJoined); ok {
		done.Joined = j.Participant.ID
	}
	_, known := s.People.Get(c.Scope)
	if known || c.Scope == creatorScope || strings.HasPrefix(c.Scope, joinScopePrefix) {
		s.Commands.add(c.Scope, done)
		return
	}
	// The host session reports the outcome of a permission answer later. The
	// participant may have left by then.
	s.Departed.add(at.At, []departedCommand{newDepartedCommand(c.Scope, done)})
}

// migrateDeparted converts the state of an earlier version, which kept all participants.
func (s *State) migrateDeparted() {
	for i := range s.Open {
		o := &s.Open[i]
		if o.Author.ID == "" {
			o.Author, _ = s.People.Get(o.Approval.ParticipantID)
		}
		if o.Approver.ID == "" {
			o.Approver, _ = s.People.Get(deref(o.Approval.ResolvedByParticipantID))
		}
	}
	var left []protocol.Participant
	for _, p := range s.People.all {
		untilTheEnd := !s.Active() && p.LeftAt != nil && p.LeftAt.Equal(s.Time)
		if p.LeftAt != nil && p.Role != protocol.RoleHost && !untilTheEnd {
			left = append(left, p)
		}
	}
	slices.SortStableFunc(left, func(a, b protocol.Participant) int { return a.LeftAt.Compare(*b.LeftAt) })
	for _, p := range left {
		s.People.drop(p.ID)
		s.recordDeparture(p, *p.LeftAt)
	}
	s.Departed.expire(s.Time)
}
