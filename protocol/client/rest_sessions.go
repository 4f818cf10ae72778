package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"parley/protocol"
)

// Shared is a shared session that was created, with the links into it.
type Shared struct {
	Session protocol.Session
	Host    protocol.Participant
	Own     Link // the host's own; a secret
	Invite  Link // for others, at the server's public address if it has one; a secret
}

// Share creates a shared session on a host session.
func (s *Server) Share(ctx context.Context, c protocol.CreateSharedSession) (Shared, error) {
	var made protocol.CreateAnswer
	err := s.do(ctx, request{
		name: "share", method: http.MethodPost, path: []string{"shared-sessions"}, body: c,
		header: map[string]string{"Idempotency-Key": uuid.NewString()},
	}, &made)
	if err != nil {
		return Shared{}, err
	}
	if made.Session.ID == "" || made.HostParticipant.AccessToken == nil || made.InviteToken == "" {
		return Shared{}, fmt.Errorf("share: %w", errIncomplete)
	}
	link := Link{Server: s.address, Session: made.Session.ID, Certificate: s.o.Certificate}
	shared := Shared{made.Session, made.HostParticipant, link, link}
	shared.Own.ParticipantID, shared.Own.Token = made.HostParticipant.ID, *made.HostParticipant.AccessToken
	shared.Invite.Server, shared.Invite.Invite = cmp.Or(made.PublicURL, s.address), made.InviteToken
	return shared, nil
}

// StartAndShare starts an agent as [Server.Start] does, and creates a shared session on it,
// whose HostSessionID is ignored. If that fails, it ends the agent.
func (s *Server) StartAndShare(ctx context.Context, create protocol.CreateHostSession, c protocol.CreateSharedSession, waiting func(protocol.HostSession)) (Shared, error) {
	host, err := s.Start(ctx, create, waiting)
	if err != nil {
		return Shared{}, err
	}
	c.HostSessionID = host.ID
	shared, err := s.Share(ctx, c)
	if err != nil {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return Shared{}, errors.Join(err, s.DeleteHostSession(ending, host.ID, false))
	}
	return shared, nil
}

// Adopt shares a session that an agent has already, one of [Server.AgentSessions], with its
// history. End the agent elsewhere first, so that two processes do not work in one session.
func (s *Server) Adopt(ctx context.Context, agent string, listed protocol.ListedSession, c protocol.CreateSharedSession) (Shared, error) {
	create := protocol.CreateHostSession{Agent: agent, Adopt: listed.SessionID, Cwd: listed.Cwd, Title: shortTitle(listed.Title)}
	return s.StartAndShare(ctx, create, c, nil)
}

// maxAdoptedTitle is the maximum length of a title that is an agent's own, in characters.
const maxAdoptedTitle = 60

// shortTitle returns an agent's title in a form that the server takes.
func shortTitle(title string) string {
	plain := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(title, ""))
	runes := []rune(strings.TrimSpace(plain))
	return string(runes[:min(len(runes), maxAdoptedTitle)])
}

// Fork lets the agent of a shared session go on from there in a new one as well, in another
// way. The new session has the same host, mode and attribution, and ends at the same time.
func (s *Server) Fork(ctx context.Context, from protocol.Session, host protocol.Participant) (Shared, error) {
	c := protocol.CreateSharedSession{
		HostUserID: host.UserID, HostDisplayName: host.DisplayName, Mode: from.Mode, Attribution: from.Attribution,
	}
	if from.ExpiresAt != nil {
		c.ExpiresInMinutes = new(max(1, int64(time.Until(*from.ExpiresAt)/time.Minute)))
	}
	return s.StartAndShare(ctx, protocol.CreateHostSession{Fork: from.HostSessionID}, c, nil)
}

// SessionFilter selects shared sessions. Empty members select all.
type SessionFilter struct {
	WorkspaceID   string
	HostSessionID string
	Status        protocol.SessionStatus
}

// Sessions lists shared sessions, the newest first.
func (s *Server) Sessions(ctx context.Context, f SessionFilter) ([]protocol.Session, error) {
	var answer protocol.SessionsAnswer
	err := s.do(ctx, request{name: "list sessions", method: http.MethodGet, path: []string{"shared-sessions"}, query: map[string]string{
		"workspaceId": f.WorkspaceID, "hostSessionId": f.HostSessionID, "status": string(f.Status),
	}}, &answer)
	return answer.Sessions, err
}

// State reads a shared session that is active. The link needs a participant's credentials
// unless the server lets everybody read.
func (s *Server) State(ctx context.Context, link Link) (answer protocol.StateAnswer, err error) {
	err = s.readShared(ctx, link, &answer)
	if err == nil && answer.Session.ID == "" {
		err = errIncomplete
	}
	return answer, err
}

// Participants lists all participants of an active session in join order, as [Server.State].
func (s *Server) Participants(ctx context.Context, link Link) ([]protocol.Participant, error) {
	var answer protocol.ParticipantsAnswer
	err := s.readShared(ctx, link, &answer, "participants")
	return answer.Participants, err
}

// Messages lists all messages of an active session, oldest first, as [Server.State].
func (s *Server) Messages(ctx context.Context, link Link) ([]protocol.Message, error) {
	var answer protocol.MessagesAnswer
	err := s.readShared(ctx, link, &answer, "messages")
	return answer.Messages, err
}

// readShared reads a resource of a shared session.
func (s *Server) readShared(ctx context.Context, link Link, answer any, path ...string) error {
	link.Invite = "" // it is no credential for reading
	return s.do(ctx, request{
		name: "read session", method: http.MethodGet, path: append([]string{"shared-sessions", link.Session}, path...), as: link,
	}, answer)
}

// Invitation tells what an invite link is for, before joining and after the session's end.
// The link may name the server by its public address.
func (s *Server) Invitation(ctx context.Context, invite Link) (answer protocol.InvitationAnswer, err error) {
	invite.Server = ""
	err = s.do(ctx, request{
		name: "read invitation", method: http.MethodGet, path: []string{"shared-sessions", invite.Session, "invitation"}, as: invite,
	}, &answer)
	if err == nil && (answer.Session.ID == "" || answer.Host.ID == "") {
		err = errIncomplete
	}
	return answer, err
}

// Close closes a shared session for everyone. The link is the host's own.
func (s *Server) Close(ctx context.Context, own Link) (protocol.Session, error) {
	var answer protocol.CloseAnswer
	err := s.do(ctx, request{
		name: "close session", method: http.MethodDelete, path: []string{"shared-sessions", own.Session}, body: struct{}{}, as: own,
	}, &answer)
	return answer.Session, err
}
