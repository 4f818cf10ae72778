package shared

import (
	"slices"
	"strings"

	"parley/hub/rules"
	"parley/protocol"
)

// Apply implements [rules.State].
func (s *State) Apply(e rules.Event, at rules.Stamp) {
	s.Time = at.At
	s.Masks.Apply(e, s.settings.Redact)
	s.Departed.Expire(at.At)
	if e.Private.Origin.After(s.Origin) {
		s.Origin = e.Private.Origin
	}
	s.Queue = protocol.FollowQueue(s.Queue, e.Public)
	if c := e.Private.Command; c != nil {
		s.remember(c, e.Public, at)
	}
	switch p := e.Public.(type) {
	case *protocol.SharedSessionCreated:
		s.Session, s.InviteGeneration, s.Agent = p.Session, 1, e.Private.Agent
		s.People.Put(*e.Private.Host)
	case *protocol.SessionUpdated:
		s.Session = p.Session
	case *protocol.SessionClosed:
		s.applyClosed(p, at)
	case *protocol.ParticipantJoined:
		s.recordParticipant(p.Participant)
		if e.Private.Typed {
			s.JoinedTyped[p.Participant.ID] = true
		}
	case *protocol.ParticipantUpdated:
		s.recordParticipant(p.Participant)
		s.RecordRole(p.Participant)
	case *protocol.ParticipantLeft:
		s.applyLeft(p)
	case *protocol.InviteRotated:
		s.InviteGeneration = e.Private.Invite
		s.Commands.Forget(func(scope string) bool { return strings.HasPrefix(scope, joinScopePrefix) })
		s.Departed.ForgetJoins()
	case *protocol.AgentStatusChanged:
		s.Agent, s.AgentDetail, s.SilentSince, s.Asleep = p.Status, p.Detail, p.SilentSince, p.Asleep
		if p.Status == protocol.AgentExited || p.Status == protocol.AgentStarting {
			s.RefusedMode = nil
		}
	case *protocol.AgentUpdated:
		s.applyFacts(e, p)
	case *protocol.FileReviewed:
		s.applyReview(p, at.At)
	default:
		s.applyChange(e)
		s.applyOwnTurn(e.Public, at)
		s.applyRecap(e)
		s.applyQuestion(e, at)
		s.applyPrompt(e)
	}
}

// applyQuestion applies an event about a question of the agent. It ignores other events.
func (s *State) applyQuestion(e rules.Event, at rules.Stamp) {
	s.Questions.Apply(e, at)
	var by *protocol.Participant
	switch p := e.Public.(type) {
	case *protocol.PermissionResolved:
		by = p.Participant
	case *protocol.ElicitationResolved:
		by = p.Participant
	}
	if by != nil {
		s.markDecider(by.ID)
	}
}

// applyPrompt applies an event about a prompt. It ignores other events.
func (s *State) applyPrompt(e rules.Event) {
	switch p := e.Public.(type) {
	case *protocol.PromptPendingApproval:
		s.putApproval(p.Approval, phasePending, e)
		s.OpenPrompt(p.Approval.ID).Author = p.Participant
	case *protocol.PromptApproved:
		s.putApproval(p.Approval, phaseApproved, e)
		o := s.OpenPrompt(p.Approval.ID)
		if o.Approver = p.Participant; o.Author.ID == "" {
			o.Author = p.Participant // the author needed no approval
		}
		if p.Participant.ID != p.Approval.ParticipantID {
			s.markDecider(p.Participant.ID)
		}
	case *protocol.PromptRejected:
		s.dropOpen(p.Approval.ID)
		if p.Participant.ID != p.Approval.ParticipantID {
			s.markDecider(p.Participant.ID)
		}
	case *protocol.PromptQueued:
		s.setPhase(p.ApprovalID, phaseQueued)
	case *protocol.PromptDispatchStarted:
		s.setPhase(p.ApprovalID, phaseRunning)
		s.beginRecap(p.ApprovalID)
	case *protocol.PromptCancelled:
		if o := s.OpenPrompt(p.ApprovalID); o != nil {
			o.Cancelled = true
		}
	case *protocol.PromptDispatchCompleted:
		s.NeedsSignIn = false
		s.endRecap(p.ApprovalID, "")
		s.dropOpen(p.ApprovalID)
	case *protocol.PromptDispatchFailed:
		s.NeedsSignIn = s.NeedsSignIn || p.Code == protocol.CodeAgentAuthRequired
		s.endRecap(p.ApprovalID, p.Error)
		s.dropOpen(p.ApprovalID)
	}
}

func (s *State) applyClosed(p *protocol.SessionClosed, at rules.Stamp) {
	s.Session.Status = p.Status
	s.People.LeaveAll(at.At)
	clear(s.JoinedTyped)
	s.Questions.DropOpen()
	s.Changes, s.RefusedMode, s.OwnTurn, s.Reviews = nil, nil, nil, nil
}

// putApproval records a prompt in the form that an event has.
func (s *State) putApproval(a protocol.Approval, p phase, e rules.Event) {
	var masked *protocol.Approval
	if e.Private.Mask != nil {
		if m, err := e.Masked(); err == nil {
			masked = new(ApprovalOf(m, m))
		}
	}
	if o := s.OpenPrompt(a.ID); o != nil {
		o.Approval, o.Phase, o.Masked = a, p, masked
		return
	}
	s.Open = append(s.Open, openApproval{Approval: a, Phase: p, Masked: masked})
}

// applyFacts merges changed facts about the agent.
func (s *State) applyFacts(e rules.Event, p *protocol.AgentUpdated) {
	if e.Private.Mask != nil && s.MaskedFacts == nil {
		s.MaskedFacts = new(s.Facts)
	}
	s.Facts.Merge(p.AgentFacts)
	if s.MaskedFacts == nil {
		return
	}
	if m, err := e.Masked(); err == nil {
		s.MaskedFacts.Merge(m.Public.(*protocol.AgentUpdated).AgentFacts)
	}
}

func (s *State) setPhase(approvalID string, p phase) {
	if o := s.OpenPrompt(approvalID); o != nil {
		o.Phase = p
	}
}

func (s *State) dropOpen(approvalID string) {
	s.Open = slices.DeleteFunc(s.Open, func(o openApproval) bool { return o.Approval.ID == approvalID })
}

// applyLeft records that a participant has left or was removed.
func (s *State) applyLeft(left *protocol.ParticipantLeft) {
	p := left.Participant
	if _, known := s.People.Get(p.ID); known && p.Role != protocol.RoleHost {
		s.reserveName(p)
		s.recordDeparture(p, s.Time)
	}
	s.recordParticipant(p)
	if left.RemovedBy != nil {
		s.RecordRemoval(p, deref(left.Reason))
	}
}

// recordParticipant records a participant in the form that an event has. A guest who has
// left is kept only as the author or approver of prompts that are not done.
func (s *State) recordParticipant(p protocol.Participant) {
	if p.LeftAt == nil || p.Role == protocol.RoleHost {
		s.People.Put(p)
	} else {
		s.People.Drop(p.ID)
	}
	for i := range s.Open {
		o := &s.Open[i]
		if o.Author.ID == p.ID {
			o.Author = p
		}
		if o.Approver.ID == p.ID {
			o.Approver = p
		}
	}
}
