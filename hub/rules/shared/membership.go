package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// requireNotBarred returns PARTICIPANT_REMOVED, with the reason that all participants
// were told, for a removed user.
func (s *State) requireNotBarred(userID string) error {
	barred, ok := s.Barred[userID]
	if !ok {
		return nil
	}
	return protocol.Errorf(protocol.CodeParticipantRemoved, "%s", removalMessage(barred.Reason))
}

// requireNotRemoved is requireNotBarred for a participant. It never applies to the
// host, although a guest who took the host's user id can be removed.
func (s *State) requireNotRemoved(p protocol.Participant) error {
	if p.Role == protocol.RoleHost {
		return nil
	}
	return s.requireNotBarred(p.UserID)
}

// removalMessage returns the message for a removed participant.
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

func (s *State) setRole(c *protocol.SetRole, left Departed) rules.Decision {
	p, err := s.currentGuest(c.ParticipantID, left)
	if err != nil {
		return rules.Decision{Err: err}
	}
	if c.Role == protocol.RoleViewer && !s.canRestrict(p.UserID) {
		return tooManyRestricted()
	}
	p.Role = c.Role
	return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.ParticipantUpdated{Participant: p})}}
}

// remove ends a participation for good. It rejects the participant's pending prompts,
// including those from before leaving and joining again, cancels the queued ones and
// bars the user id. Unless the command says otherwise it replaces the invite, which
// the removed person could use under another user id. participant_left comes last, so
// that it is the last event that the participant receives.
func (s *State) remove(in rules.Input, c *protocol.Remove, host protocol.Participant, before Departed) rules.Decision {
	p, err := s.currentGuest(c.ParticipantID, before)
	if err != nil {
		return rules.Decision{Err: err}
	}
	if !s.canRestrict(p.UserID) {
		return tooManyRestricted()
	}
	var d rules.Decision
	for _, o := range s.Open {
		if o.Author.UserID != p.UserID || o.Author.Role == protocol.RoleHost {
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
	d.Effects = append(d.Effects, DisconnectUser{p.ID, p.UserID, protocol.CloseRemoved, removalMessage(deref(c.Reason))})
	return d
}

// guest returns a participant who is not the host and may have left.
func (s *State) guest(id string, left Departed) (protocol.Participant, error) {
	p, err := s.lookup(id, left)
	if err != nil {
		return p, err
	}
	if p.Role == protocol.RoleHost {
		return p, protocol.Errorf(protocol.CodeInvalidRequest, "this cannot be done to the host")
	}
	return p, nil
}

// currentGuest is guest, but returns the present participant of a guest who has left and
// joined again.
func (s *State) currentGuest(id string, left Departed) (protocol.Participant, error) {
	p, err := s.guest(id, left)
	if err != nil || p.LeftAt == nil {
		return p, err
	}
	if now, present := s.People.PresentByUser(p.UserID); present && now.Role != protocol.RoleHost {
		return now, nil
	}
	return p, nil
}

func (s *State) rotateInvite(p protocol.Participant) rules.Decision {
	rotated := s.rotation(p)
	rotated.Primary = true
	return rules.Decision{Events: []rules.Event{rotated}}
}

// rotation returns the event that replaces the invite.
func (s *State) rotation(by protocol.Participant) rules.Event {
	return rules.Event{Public: &protocol.InviteRotated{Participant: by}, Private: rules.Private{Invite: s.InviteGeneration + 1}}
}

// maxRestricted bounds the user ids that are removed or kept in a lower role. None is
// ever dropped, since that would let a removed user back in. Instead, each present
// guest has a place reserved, and nobody can join for whom no place is left.
const maxRestricted = 4096

// canRestrict reports whether there is a place for a user id among those that are
// removed or kept in a lower role.
func (s *State) canRestrict(userID string) bool {
	if s.isRestricted(userID) {
		return true
	}
	free := maxRestricted - len(s.Barred)
	for user := range s.LoweredRoles {
		if _, barred := s.Barred[user]; !barred {
			free--
		}
	}
	if free > s.People.present {
		return true
	}
	for _, p := range s.People.all {
		if p.LeftAt == nil && p.Role != protocol.RoleHost && !s.isRestricted(p.UserID) {
			if p.UserID == userID {
				return true // has a place reserved
			}
			free--
		}
	}
	return free > 0
}

func (s *State) isRestricted(userID string) bool {
	_, barred := s.Barred[userID]
	_, lowered := s.LoweredRoles[userID]
	return barred || lowered
}

func tooManyRestricted() rules.Decision {
	return rules.Refuse(protocol.CodeTooLarge, "the session keeps %d people out or in a lower role, which is all it can", maxRestricted)
}
