package shared

import (
	"strings"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// create makes the session with the host as its first participant.
func (s *State) create(in rules.Input, c Create) rules.Decision {
	ref := &rules.CommandRef{Scope: creatorScope, ID: c.CommandID, Digest: rules.DigestOf("create", c.Body)}
	if s.Session.ID != "" {
		return s.repeatedCreate(ref)
	}
	if c.CommandID == "" {
		ref = nil
	}
	b := c.Body
	session := protocol.Session{
		ID:               s.ID.String(),
		WorkspaceID:      c.Workspace,
		HostUserID:       b.HostUserID,
		HostSessionID:    b.HostSessionID,
		Mode:             b.Mode,
		ApprovalRequired: b.Mode == protocol.ModePromptWithApproval,
		CreatedAt:        in.At,
		Status:           protocol.StatusActive,
	}
	if b.WorkspaceID != nil && strings.TrimSpace(*b.WorkspaceID) != "" {
		session.WorkspaceID = strings.TrimSpace(*b.WorkspaceID)
	}
	if b.ExpiresInMinutes != nil && *b.ExpiresInMinutes > 0 {
		expires := in.At.Add(time.Duration(*b.ExpiresInMinutes) * time.Minute)
		session.ExpiresAt = &expires
	}
	host := protocol.Participant{
		ID:              in.IDs[0],
		SharedSessionID: session.ID,
		UserID:          b.HostUserID,
		DisplayName:     b.HostDisplayName,
		Role:            protocol.RoleHost,
		JoinedAt:        in.At,
	}
	created := rules.Event{
		Public:  &protocol.SharedSessionCreated{Session: session},
		Private: rules.Private{Command: ref, Host: &host, Agent: c.Agent},
	}
	return rules.Decision{
		Events:  append([]rules.Event{created}, s.factsNew(c.Facts)...),
		Effects: []rules.Effect{rules.Send{To: hostOf(session), Message: rules.SharedOpened{Shared: s.ID}}},
		Answer:  s.createAnswer(session, host),
	}
}

// creatorScope is the scope of the command that created the session.
const creatorScope = "creator"

func hostOf(session protocol.Session) journal.SessionID {
	id, _ := journal.ParseSessionID(session.HostSessionID) // was checked when the session was created
	return id
}

func (s *State) repeatedCreate(ref *rules.CommandRef) rules.Decision {
	if c, ok := s.Commands.find(creatorScope, ref.ID); ok && c.Digest == ref.Digest {
		return rules.Decision{Answer: s.createAnswer(s.Session, s.Host()), Duplicate: true}
	}
	return rules.Refuse(protocol.CodeInvalidRequest, "this command id was used for another session")
}

func (s *State) createAnswer(session protocol.Session, host protocol.Participant) *protocol.CreateAnswer {
	invite := s.settings.Key.Token(rules.InviteToken, s.ID.String(), 1)
	session.InviteToken = &invite
	return &protocol.CreateAnswer{Session: session, InviteToken: invite, HostParticipant: s.withToken(host)}
}

func (s *State) withToken(p protocol.Participant) protocol.Participant {
	token := s.settings.Key.Token(rules.ParticipantToken, p.ID, 1)
	p.AccessToken = &token
	return p
}
