package clienttest

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// join adds a participant. s.mu is held, or nobody else knows s.
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

func public(p *protocol.Participant) protocol.Participant {
	shown := *p
	shown.AccessToken = nil
	return shown
}

// known returns the participant with those credentials, or nil. s.mu is held.
func (s *Server) known(id, token string) *protocol.Participant {
	for _, p := range s.people {
		if p.ID == id && *p.AccessToken == token {
			return p
		}
	}
	return nil
}

// greet carries out a join or resume: the welcome, who it is, and the number
// of the event after which to go on. s.mu is held.
func (s *Server) greet(req protocol.Request) (w protocol.Welcome, who *protocol.Participant, from int, err *protocol.Error) {
	w = protocol.Welcome{Resume: protocol.ResumeNew}
	recent := 0
	from = len(s.events)
	switch command := req.Command.(type) {
	case *protocol.Join:
		who, err = s.joinOnce(req.ID, command)
		if err != nil {
			return w, nil, 0, err
		}
		from, recent = len(s.events), command.Recent
		w.Participant = *who
	case *protocol.Resume:
		if who = s.known(command.ParticipantID, command.ParticipantToken); who == nil {
			return w, nil, 0, protocol.Errorf(protocol.CodeInvalidParticipantToken, "the token is not good")
		}
		if who.LeftAt != nil {
			return w, nil, 0, protocol.Errorf(protocol.CodeParticipantInactive, "you have left")
		}
		w.Participant, recent = public(who), command.Recent
		if command.Cursor != "" {
			var ok bool
			w.Resume = protocol.ResumeGap
			if from, ok = s.place(command.Cursor); ok {
				w.Resume = protocol.ResumeOK
			}
		}
	default:
		return w, nil, 0, protocol.Errorf(protocol.CodeInvalidRequest, "join or resume comes first")
	}
	s.fill(&w, recent)
	return w, who, from, nil
}

// joinOnce is idempotent by the command's id.
func (s *Server) joinOnce(id string, join *protocol.Join) (*protocol.Participant, *protocol.Error) {
	if join.InviteToken != Invite {
		return nil, protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is not good")
	}
	if before, again := s.answers["join "+id]; again {
		return s.known(string(before[:36]), string(before[36:])), nil
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

func (s *Server) fill(w *protocol.Welcome, recent int) {
	w.Session, w.Agent, w.Limits = s.session, protocol.Agent{Status: protocol.AgentIdle}, protocol.DefaultLimits
	w.Participants, w.Approvals, w.Permissions = []protocol.Participant{}, []protocol.Approval{}, []protocol.Permission{}
	w.Presence = []string{}
	w.Participants = s.here()
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

// here returns those who have not left. s.mu is held.
func (s *Server) here() []protocol.Participant {
	people := []protocol.Participant{}
	for _, p := range s.people {
		if p.LeftAt == nil {
			people = append(people, public(p))
		}
	}
	return people
}

// morePeople answers for those behind one of them, who has not left. s.mu is held.
func (s *Server) morePeople(c *protocol.People) protocol.PeopleAnswer {
	people := s.here()
	from := 1 + slices.IndexFunc(people, func(p protocol.Participant) bool { return p.ID == c.After })
	to := min(from+c.Limit, len(people))
	return protocol.PeopleAnswer{Participants: people[from:to], Removed: []string{}, More: to < len(people)}
}

func (s *Server) lines(from, to int) []json.RawMessage {
	lines := []json.RawMessage{}
	for _, e := range s.events[from:to] {
		lines = append(lines, e.line)
	}
	return lines
}
