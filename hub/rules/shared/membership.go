package shared

import (
	"slices"

	"parley/hub/naming"
	"parley/hub/rules"
	"parley/hub/rules/shared/people"
	"parley/protocol"
)

// requireNotBarred returns PARTICIPANT_REMOVED for a removed person, with the reason that
// the participant_left event shows.
func (s *State) requireNotBarred(person string) error {
	barred, ok := s.Barred[person]
	if !ok {
		return nil
	}
	return protocol.Errorf(protocol.CodeParticipantRemoved, "%s", removalMessage(barred.Reason))
}

// requireMayJoin is requireNotBarred for somebody who joins. A user id that is not verified
// must not be that of a removed verified person either.
func (s *State) requireMayJoin(p protocol.Participant) error {
	if err := s.requireNotBarred(p.Person()); err != nil || p.Identity != "" {
		return err
	}
	if bar, ok := s.BarOfVerified(p.UserID); ok {
		return protocol.Errorf(protocol.CodeParticipantRemoved, "%s", removalMessage(bar.Reason))
	}
	return nil
}

// requireNotRemoved is requireNotBarred for a participant. It returns nil for the host,
// since a guest who used the host's user id can have been removed.
func (s *State) requireNotRemoved(p protocol.Participant) error {
	if p.Role == protocol.RoleHost {
		return nil
	}
	return s.requireNotBarred(p.Person())
}

// removalMessage returns the error text for a removed participant.
func removalMessage(reason string) string {
	if reason == "" {
		return "the host has removed you"
	}
	return "the host has removed you: " + reason
}

func (s *State) leave(in rules.Input, p protocol.Participant) rules.Decision {
	p.LeftAt = new(in.At)
	return rules.Decision{
		Events:  []rules.Event{rules.PrimaryEvent(&protocol.ParticipantLeft{Participant: p})},
		Effects: []rules.Effect{Disconnect{p.ID, closeNormal, "you left"}},
	}
}

func (s *State) setRole(c *protocol.SetRole, departed Departed) rules.Decision {
	p, err := s.currentGuest(c.ParticipantID, departed)
	if err != nil {
		return rules.Decision{Err: err}
	}
	if c.Role == protocol.RoleViewer && !s.CanRestrict(p.Person(), &s.People) {
		return tooManyRestricted()
	}
	p.Role = c.Role
	return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.ParticipantUpdated{Participant: p})}}
}

// remove ends a participation for good. It rejects the user's pending prompts, including
// those of earlier participations, cancels the queued ones and bars the user id. Unless
// the command says otherwise, it replaces the invite, which the removed user could use
// under another user id. participant_left is the last event, so that it is the last one
// that the participant receives.
func (s *State) remove(in rules.Input, c *protocol.Remove, host protocol.Participant, departed Departed) rules.Decision {
	p, err := s.currentGuest(c.ParticipantID, departed)
	if err != nil {
		return rules.Decision{Err: err}
	}
	if !s.CanRestrict(p.Person(), &s.People) {
		return tooManyRestricted()
	}
	var d rules.Decision
	for _, o := range s.Open {
		if o.Author.Person() != p.Person() || o.Author.Role == protocol.RoleHost {
			continue
		}
		switch o.Phase {
		case phasePending:
			d.Events = append(d.Events, rules.Event{Public: rejection(o.Approval, host, "", in.At)})
		case phaseApproved, phaseQueued:
			if o.Cancelled {
				continue
			}
			d.Events = append(d.Events, rules.Event{Public: &protocol.PromptCancelled{ApprovalID: o.Approval.ID, Participant: host}})
			d.Effects = append(d.Effects, s.sendHost(rules.CancelTurn{Approval: o.Approval.ID, Failure: rules.Cancelled}))
		}
	}
	if p.LeftAt == nil {
		p.LeftAt = new(in.At)
	}
	left := rules.PrimaryEvent(&protocol.ParticipantLeft{Participant: p, RemovedBy: &host.ID, Reason: c.Reason})
	if !c.KeepInvite {
		d.Events = append(d.Events, s.rotation(host))
		left.Private.Invite = s.InviteGeneration + 1
	}
	d.Events = append(d.Events, left)
	d.Effects = append(d.Effects, DisconnectPerson{p.ID, p.Person(), protocol.CloseRemoved, removalMessage(deref(c.Reason))})
	return d
}

// guest returns a guest, who may have left. It returns INVALID_REQUEST for the host, and
// the errors of lookup.
func (s *State) guest(id string, departed Departed) (protocol.Participant, error) {
	p, err := s.lookup(id, departed)
	if err != nil {
		return p, err
	}
	if p.Role == protocol.RoleHost {
		return p, protocol.Errorf(protocol.CodeInvalidRequest, "the host's participation cannot be changed")
	}
	return p, nil
}

// currentGuest is guest, but returns the present participant of a guest who has left and
// then joined again.
func (s *State) currentGuest(id string, departed Departed) (protocol.Participant, error) {
	p, err := s.guest(id, departed)
	if err != nil || p.LeftAt == nil {
		return p, err
	}
	if now, present := s.People.PresentBy(p.Person()); present && now.Role != protocol.RoleHost {
		return now, nil
	}
	return p, nil
}

// rotateInvite replaces the invite. Participants stay in the session.
func (s *State) rotateInvite(p protocol.Participant) rules.Decision {
	rotated := s.rotation(p)
	rotated.Primary = true
	return rules.Decision{Events: []rules.Event{rotated}}
}

// rotation returns the event that replaces the invite.
func (s *State) rotation(by protocol.Participant) rules.Event {
	return rules.Event{Public: &protocol.InviteRotated{Participant: by}, Private: rules.Private{Invite: s.InviteGeneration + 1}}
}

func tooManyRestricted() rules.Decision {
	return rules.Refuse(protocol.CodeTooLarge, "the session has %d removed and restricted users, which is the maximum", people.MaxRestricted)
}

// maxReservedNames bounds the name keys that stay reserved after their participants have
// left. When it is reached, the oldest key becomes free.
const maxReservedNames = 256

// withUniqueName returns a joining participant, renamed if the name is reserved. The names
// of present participants, of the host, and of deciders who have left are reserved.
func (s *State) withUniqueName(p protocol.Participant) protocol.Participant {
	taken := func(key string) bool { return s.People.IsTaken(key) || slices.Contains(s.ReservedNames, key) }
	if name := naming.Given(p.Name(), taken); name != p.Name() {
		p.DisplayName = &name
	}
	return p
}

// markDecider records that a guest has resolved another participant's proposal or a
// permission request. The name of a decider stays reserved, so that no later guest can
// pass for the participant in the history.
func (s *State) markDecider(participantID string) {
	if p, known := s.People.Get(participantID); known && p.LeftAt == nil && p.Role != protocol.RoleHost {
		s.Deciders[participantID] = true
	}
}

// reserveName reserves the name of a decider who leaves.
func (s *State) reserveName(p protocol.Participant) {
	if !s.Deciders[p.ID] {
		return
	}
	delete(s.Deciders, p.ID)
	for _, key := range people.NameKeys(p) {
		if !slices.Contains(s.ReservedNames, key) {
			s.ReservedNames = rules.KeepLast(append(s.ReservedNames, key), maxReservedNames)
		}
	}
}
