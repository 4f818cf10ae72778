package clienttest

import (
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// do carries out a command, once for each id, and returns the encoded answer. The caller
// holds s.mu.
func (s *Server) do(sender *protocol.Participant, req protocol.Request) []byte {
	key := sender.ID + " " + req.ID
	if payload, again := s.answers[key]; again {
		return encode(&protocol.OKMessage{ID: req.ID, Payload: payload, Duplicate: true})
	}
	if _, ping := req.Command.(*protocol.Ping); ping {
		return encode(&protocol.PongMessage{ID: req.ID})
	}
	answer, e := s.decide(sender, req.Command)
	if e != nil {
		return encode(&protocol.ErrorMessage{ID: req.ID, Error: e.Wire()})
	}
	payload, err := protocol.Marshal(answer)
	if err != nil {
		panic(err)
	}
	s.answers[key] = payload
	return encode(&protocol.OKMessage{ID: req.ID, Payload: payload})
}

// decide carries out a command and returns its answer.
func (s *Server) decide(sender *protocol.Participant, command protocol.Command) (any, *protocol.Error) {
	switch c := command.(type) {
	case *protocol.Chat:
		return s.chat(sender, c), nil
	case *protocol.Prompt:
		return s.prompt(sender, c), nil
	case *protocol.Approve:
		return s.approve(sender, c)
	case *protocol.AnswerPermission:
		return s.permission(sender, c)
	case *protocol.Cancel:
		return nil, protocol.Errorf(protocol.CodeNothingToCancel, "no turn is running")
	case *protocol.SetMode, *protocol.SetRole, *protocol.Remove, *protocol.RotateInvite, *protocol.Close:
		return s.manage(sender, c), nil
	case *protocol.History:
		return s.history(c), nil
	case *protocol.AskPresence:
		return protocol.PresenceAnswer{At: 6, Participants: []string{"asked", "for"}}, nil
	case *protocol.People:
		return s.morePeople(c), nil
	case *protocol.Item:
		return s.item(c)
	case *protocol.Leave:
		sender.LeftAt = ptr(time.Now().UTC())
		s.emit(&protocol.ParticipantLeft{Participant: public(sender)})
		return protocol.ParticipantAnswer{Participant: public(sender)}, nil
	}
	return struct{}{}, nil
}

// manage carries out a command of a host.
func (s *Server) manage(sender *protocol.Participant, command protocol.Command) any {
	switch c := command.(type) {
	case *protocol.SetMode:
		s.session.Mode = c.Mode
		s.emit(&protocol.SessionUpdated{Session: s.session, Participant: public(sender)})
		return protocol.SessionAnswer{Session: s.session}
	case *protocol.SetRole:
		return protocol.ParticipantAnswer{Participant: protocol.Participant{ID: c.ParticipantID, Role: c.Role}}
	case *protocol.Remove:
		answer := protocol.RemoveAnswer{Participant: protocol.Participant{ID: c.ParticipantID}}
		if !c.KeepInvite {
			answer.InviteToken = ptr("INVITE-2")
		}
		return answer
	case *protocol.RotateInvite:
		return protocol.InviteAnswer{InviteToken: "INVITE-2"}
	}
	s.session.Status = protocol.StatusClosed
	s.emit(&protocol.SessionClosed{Status: protocol.StatusClosed})
	return protocol.CloseAnswer{Closed: true, Session: s.session}
}

func (s *Server) chat(sender *protocol.Participant, c *protocol.Chat) protocol.MessageAnswer {
	m := protocol.Message{
		ID: uuid.NewString(), SharedSessionID: s.session.ID, ParticipantID: sender.ID, AuthorUserID: sender.UserID,
		Kind: protocol.MessageComment, Text: c.Text, CreatedAt: time.Now().UTC(),
	}
	s.emit(&protocol.MessageCreated{Message: m, Participant: public(sender)})
	return protocol.MessageAnswer{Message: m}
}

func (s *Server) prompt(sender *protocol.Participant, c *protocol.Prompt) protocol.PromptAnswer {
	a := &protocol.Approval{
		ID: uuid.NewString(), SharedSessionID: s.session.ID, ParticipantID: sender.ID, Prompt: c.Prompt,
		Status: protocol.ApprovalPending, CreatedAt: time.Now().UTC(),
	}
	s.approvals[a.ID] = a
	s.emit(&protocol.PromptPendingApproval{Approval: *a, Participant: public(sender)})
	return protocol.PromptAnswer{Status: a.Status, Approval: *a}
}

func (s *Server) approve(sender *protocol.Participant, c *protocol.Approve) (any, *protocol.Error) {
	a := s.approvals[c.ApprovalID]
	if a == nil {
		return nil, protocol.Errorf(protocol.CodeApprovalNotFound, "there is no such prompt")
	}
	if a.Status != protocol.ApprovalPending {
		return nil, protocol.Errorf(protocol.CodeApprovalAlreadyResolved, "the prompt was resolved already")
	}
	a.ResolvedAt, a.ResolvedByParticipantID, a.Reason = ptr(time.Now().UTC()), &sender.ID, c.Reason
	if c.Action == protocol.ActionReject {
		a.Status = protocol.ApprovalRejected
		s.emit(&protocol.PromptRejected{Approval: *a, Participant: public(sender)})
		return protocol.ApprovalAnswer{Approval: *a}, nil
	}
	if c.Prompt != nil {
		a.OriginalPrompt, a.Prompt = ptr(a.Prompt), *c.Prompt
	}
	a.Status = protocol.ApprovalApproved
	s.emit(&protocol.PromptApproved{Approval: *a, Participant: public(sender)})
	return protocol.ApprovalAnswer{Approval: *a}, nil
}

func (s *Server) permission(sender *protocol.Participant, c *protocol.AnswerPermission) (any, *protocol.Error) {
	if _, waits := s.asked[c.RequestID]; !waits {
		return nil, protocol.Errorf(protocol.CodePermissionNotFound, "there is no such question")
	}
	delete(s.asked, c.RequestID)
	s.emit(&protocol.PermissionResolved{
		RequestID: c.RequestID, OptionID: &c.OptionID, Outcome: protocol.OutcomeSelected,
		Source: protocol.SourceParticipant, Participant: ptr(public(sender)),
	})
	return protocol.PermissionAnswer{RequestID: c.RequestID, OptionID: c.OptionID}, nil
}

func (s *Server) history(c *protocol.History) *protocol.HistoryAnswer {
	from, to := 0, len(s.events)
	gap := false
	switch {
	case c.After != "":
		at, ok := s.place(c.After)
		from, gap = at, !ok
	case c.Before != "":
		at, ok := s.place(c.Before)
		to, gap = at-1, !ok
	}
	if gap {
		from, to = 0, len(s.events)
	}
	if c.After == "" || gap {
		from = max(from, to-c.Limit)
	}
	end := min(to, from+c.Limit)
	return &protocol.HistoryAnswer{Events: s.lines(from, end), More: from > 0 || end < to, Gap: gap}
}

func ptr[T any](v T) *T { return &v }
