package shared

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
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

// remember records a command that was carried out, together with its primary event.
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
	for _, p := range s.People.all {
		presentAtEnd := !s.Active() && p.LeftAt != nil && p.LeftAt.Equal(s.Time)
		if p.LeftAt != nil && p.Role != protocol.RoleHost && !presentAtEnd {
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

// departedCommands holds commands of guests who have left, since a client that has not
// received the answer sends a command again. The commands of a guest are kept for
// departedRetention. The oldest guests are dropped beyond maxDepartedGuests guests and
// maxDepartedCommands commands in total.
type departedCommands struct {
	Guests []departure // in the order of leaving

	// derived from the above
	known map[string]departedCommand // by key
}

const (
	departedRetention   = 10 * time.Minute
	maxDepartedGuests   = 1000
	maxDepartedCommands = 16 << 10
)

// departure holds the commands of one guest who left at a time.
type departure struct {
	At       time.Time
	Commands []departedCommand
}

// departedCommand is the short form of a command that was carried out.
type departedCommand struct {
	key    string // a digest of its scope and its id
	digest string
	seq    journal.Seq
	isJoin bool
}

func newDepartedCommand(scope string, c completedCommand) departedCommand {
	return departedCommand{key: departedKey(scope, c.ID), digest: c.Digest, seq: c.Seq, isJoin: c.Joined != ""}
}

// departedKey returns the key of a command: a digest of its scope and its id, neither of
// which can hold a zero byte.
func departedKey(scope, id string) string {
	sum := sha256.Sum256([]byte(scope + "\x00" + id))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// MarshalText implements [encoding.TextMarshaler].
func (c departedCommand) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%s %s %d %t", c.key, c.digest, c.seq, c.isJoin), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *departedCommand) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "%s %s %d %t", &c.key, &c.digest, &c.seq, &c.isJoin)
	return err
}

// index computes the derived fields.
func (d *departedCommands) index() {
	d.known = map[string]departedCommand{}
	for _, g := range d.Guests {
		for _, c := range g.Commands {
			d.known[c.key] = c
		}
	}
}

// add adds the commands of a guest who left at a time. Guests are added in the order of
// leaving.
func (d *departedCommands) add(at time.Time, commands []departedCommand) {
	if len(commands) == 0 {
		return
	}
	d.Guests = append(d.Guests, departure{at, commands})
	for _, c := range commands {
		d.known[c.key] = c
	}
	d.expire(at)
}

// find returns a command by scope and id. It does not know the participant of a join.
func (d *departedCommands) find(scope, id string) (found completedCommand, ok bool) {
	if len(d.known) == 0 {
		return completedCommand{}, false
	}
	c, ok := d.known[departedKey(scope, id)]
	return completedCommand{ID: id, Digest: c.digest, Seq: c.seq}, ok
}

// expire drops the guests beyond the bounds.
func (d *departedCommands) expire(now time.Time) {
	n := 0
	for ; n < len(d.Guests); n++ {
		g := &d.Guests[n]
		if now.Sub(g.At) < departedRetention && len(d.Guests)-n <= maxDepartedGuests && len(d.known) <= maxDepartedCommands {
			break
		}
		for _, c := range g.Commands {
			delete(d.known, c.key)
		}
	}
	d.Guests = slices.Delete(d.Guests, 0, n)
}

// forgetJoins drops the joins, which a new invite makes obsolete.
func (d *departedCommands) forgetJoins() {
	for i := range d.Guests {
		g := &d.Guests[i]
		g.Commands = slices.DeleteFunc(g.Commands, func(c departedCommand) bool { return c.isJoin })
	}
	d.Guests = slices.DeleteFunc(d.Guests, func(g departure) bool { return len(g.Commands) == 0 })
	d.index()
}
