package shared

import (
	"errors"
	"slices"
	"strings"
	"time"

	"parley/hub/rules"
	"parley/hub/rules/shared/commands"
	"parley/protocol"
)

// Departed holds participants who have left, by id, as the journal has them. The value is
// nil for an id without a participant.
type Departed map[string]*protocol.Participant

// AbsentError reports that a decision needs a participant whom the state does not hold.
// The caller looks the participant up in the journal and decides again on the input that
// [WithDeparted] returns. For a client it is JOURNAL_UNAVAILABLE.
type AbsentError struct{ ID string }

// Error implements error.
func (e *AbsentError) Error() string { return "participant " + e.ID + " is not in the state" }

// Unwrap returns the error for clients.
func (e *AbsentError) Unwrap() error {
	return protocol.Errorf(protocol.CodeJournalUnavailable, "a participant cannot be looked up now; try again with the same id")
}

// IsAbsent reports whether an error is an [AbsentError].
func IsAbsent(err error) bool {
	_, absent := errors.AsType[*AbsentError](err)
	return absent
}

// maxSubjectID is the length in bytes of the longest id that is looked up in the journal.
// Ids are UUIDs.
const maxSubjectID = 64

// lookup returns a participant, who may have left. It returns an [AbsentError] if the
// journal may have the participant, and PARTICIPANT_NOT_FOUND otherwise.
func (s *State) lookup(id string, departed Departed) (protocol.Participant, error) {
	if p, known := s.People.Get(id); known {
		return p, nil
	}
	found, lookedUp := departed[id]
	switch {
	case found != nil:
		p := *found
		if p.LeftAt == nil { // the participant left after the lookup
			p.LeftAt = new(s.Time)
		}
		return p, nil
	case !lookedUp && s.LeftCount > 0 && id != "" && len(id) <= maxSubjectID:
		return protocol.Participant{}, &AbsentError{id}
	}
	return protocol.Participant{}, protocol.Errorf(protocol.CodeParticipantNotFound, "no such participant in this session")
}

// guestAuthors returns the guests who have prompts that are not done, also after leaving.
func (s *State) guestAuthors() []protocol.Participant {
	var authors []protocol.Participant
	for _, o := range s.Open {
		if o.Author.Role != protocol.RoleHost && !slices.ContainsFunc(authors, func(p protocol.Participant) bool { return p.ID == o.Author.ID }) {
			authors = append(authors, o.Author)
		}
	}
	return authors
}

// recordDeparture drops what the state holds for a guest who leaves, and keeps the guest's
// commands in s.Departed.
func (s *State) recordDeparture(p protocol.Participant, at time.Time) {
	s.LeftCount++
	delete(s.JoinedTyped, p.ID)
	delete(s.Deciders, p.ID)
	scope := joinScope(p)
	left := s.Commands.Remove(p.ID, func(commands.Done) bool { return true })
	left = append(left, s.Commands.Remove(scope, func(c commands.Done) bool { return c.Joined == p.ID })...)
	s.Departed.Add(at, left)
}

// remember records a command that was carried out, together with its primary event.
func (s *State) remember(c *rules.CommandRef, p protocol.Payload, at rules.Stamp) {
	done := commands.Done{ID: c.ID, Digest: c.Digest, Seq: at.Seq}
	if j, ok := p.(*protocol.ParticipantJoined); ok {
		done.Joined = j.Participant.ID
	}
	_, known := s.People.Get(c.Scope)
	if known || c.Scope == creatorScope || strings.HasPrefix(c.Scope, joinScopePrefix) {
		s.Commands.Add(c.Scope, done)
		return
	}
	// The host session reports the outcome of a permission answer later. The
	// participant may have left by then.
	s.Departed.Add(at.At, []commands.Scoped{{Scope: c.Scope, Done: done}})
}

// migrateDeparted converts a snapshot of an earlier version, which kept all participants
// and did not keep the authors and approvers of open prompts.
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
	for _, p := range s.People.All() {
		presentAtEnd := !s.Active() && p.LeftAt != nil && p.LeftAt.Equal(s.Time)
		if p.LeftAt != nil && p.Role != protocol.RoleHost && !presentAtEnd {
			left = append(left, p)
		}
	}
	slices.SortStableFunc(left, func(a, b protocol.Participant) int { return a.LeftAt.Compare(*b.LeftAt) })
	for _, p := range left {
		s.People.Drop(p.ID)
		s.recordDeparture(p, *p.LeftAt)
	}
	s.Departed.Expire(s.Time)
}
