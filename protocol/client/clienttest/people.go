package clienttest

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// join adds a participant. The caller holds s.mu, unless s is new.
func (s *Server) join(userID, name string, role protocol.Role) *protocol.Participant {
	token := uuid.NewString()
	p := &protocol.Participant{
		ID: uuid.NewString(), SharedSessionID: s.session.ID, UserID: userID, Role: role,
		JoinedAt: time.Now().UTC(), AccessToken: &token,
	}
	if name != "" {
		p.DisplayName = &name
	}
	s.people = append(s.people, p)
	s.emit(&protocol.ParticipantJoined{Participant: public(p)})
	return p
}

// public returns a participant without the access token.
func public(p *protocol.Participant) protocol.Participant {
	shown := *p
	shown.AccessToken = nil
	return shown
}

// authenticate returns the participant with these credentials, or nil. The caller holds
// s.mu.
func (s *Server) authenticate(id, token string) *protocol.Participant {
	for _, p := range s.people {
		if p.ID == id && *p.AccessToken == token {
			return p
		}
	}
	return nil
}

// welcome carries out a join or resume. It returns the welcome, the participant, and the
// number of events before those that follow. The caller holds s.mu.
func (s *Server) welcome(req protocol.Request) (w protocol.Welcome, p *protocol.Participant, from int, err *protocol.Error) {
	w = protocol.Welcome{Resume: protocol.ResumeNew}
	recent := 0
	from = len(s.events)
	switch command := req.Command.(type) {
	case *protocol.Join:
		p, err = s.joinOnce(req.ID, command)
		if err != nil {
			return w, nil, 0, err
		}
		from, recent = len(s.events), command.Recent
		w.Participant = *p
	case *protocol.Resume:
		if p = s.authenticate(command.ParticipantID, command.ParticipantToken); p == nil {
			return w, nil, 0, protocol.Errorf(protocol.CodeInvalidParticipantToken, "the token is not valid")
		}
		if p.LeftAt != nil {
			return w, nil, 0, protocol.Errorf(protocol.CodeParticipantInactive, "you have left")
		}
		w.Participant, recent = public(p), command.Recent
		if command.Cursor != "" {
			var ok bool
			w.Resume = protocol.ResumeGap
			if from, ok = s.place(command.Cursor); ok {
				w.Resume = protocol.ResumeOK
			}
		}
	default:
		return w, nil, 0, protocol.Errorf(protocol.CodeInvalidRequest, "the first command must be join or resume")
	}
	s.fill(&w, recent)
	return w, p, from, nil
}

// joinOnce adds a participant, once for each command id.
func (s *Server) joinOnce(id string, join *protocol.Join) (*protocol.Participant, *protocol.Error) {
	if join.InviteToken != Invite {
		return nil, protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is not valid")
	}
	if earlier, again := s.answers["join "+id]; again {
		return s.authenticate(string(earlier[:36]), string(earlier[36:])), nil
	}
	name := ""
	if join.DisplayName != nil {
		name = *join.DisplayName
	}
	role := join.Role
	if role == "" {
		role = protocol.RoleCollaborator
	}
	p := s.join(join.UserID, name, role)
	s.answers["join "+id] = []byte(p.ID + *p.AccessToken)
	return p, nil
}

// fill sets the members of a welcome that do not depend on the command.
func (s *Server) fill(w *protocol.Welcome, recent int) {
	w.Session, w.Agent, w.Limits = s.session, protocol.Agent{Status: protocol.AgentIdle}, protocol.DefaultLimits
	w.Participants, w.Approvals, w.Permissions = []protocol.Participant{}, []protocol.Approval{}, []protocol.Permission{}
	w.Presence = []string{}
	w.Participants = s.present()
	for _, p := range w.Participants {
		w.Presence = append(w.Presence, p.ID)
	}
	if n := s.faults.PeopleShown; n > 0 && n < len(w.Participants) {
		w.Participants, w.PeopleAfter = w.Participants[:n], w.Participants[n-1].ID
	}
	for _, a := range s.approvals {
		if a.Status == protocol.ApprovalPending {
			w.Approvals = append(w.Approvals, cutApproval(*a))
		}
	}
	for _, p := range s.asked {
		w.Permissions = append(w.Permissions, cutPermission(p))
	}
	w.Cursor = s.events[len(s.events)-1].cursor.String()
	heartbeat := s.faults.Heartbeat
	if heartbeat == 0 {
		heartbeat = protocol.Heartbeat
	}
	w.HeartbeatMS = heartbeat.Milliseconds()
	if recent > 0 {
		w.Recent = s.lines(max(0, len(s.events)-recent), len(s.events))
	}
}

// present returns the participants who have not left. The caller holds s.mu.
func (s *Server) present() []protocol.Participant {
	people := []protocol.Participant{}
	for _, p := range s.people {
		if p.LeftAt == nil {
			people = append(people, public(p))
		}
	}
	return people
}

// morePeople returns a page of the participants who have not left. The caller holds s.mu.
func (s *Server) morePeople(c *protocol.People) protocol.PeopleAnswer {
	people := s.present()
	from := 1 + slices.IndexFunc(people, func(p protocol.Participant) bool { return p.ID == c.After })
	to := min(from+c.Limit, len(people))
	return protocol.PeopleAnswer{Participants: people[from:to], Removed: []string{}, More: to < len(people)}
}

// lines returns a range of events as they were sent.
func (s *Server) lines(from, to int) []json.RawMessage {
	lines := []json.RawMessage{}
	for _, e := range s.events[from:to] {
		lines = append(lines, e.line)
	}
	return lines
}
