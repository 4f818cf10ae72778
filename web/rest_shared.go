package web

import (
	"context"
	"net/http"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/access"
)

// Shared sessions as resources: listed, created and read.

func (s *Server) listShared(r *http.Request, _ []byte) (streamedAnswer, error) {
	q := r.URL.Query()
	status := protocol.SessionStatus(q.Get("status"))
	if status != "" && !status.Valid() {
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "%.40q is not a status of a session", status)
	}
	sessions := s.as(r).SharedSessions(r.Context(), q.Get("workspaceId"), q.Get("hostSessionId"), status)
	return streamedAnswer{listMember("sessions", sessions)}, nil
}

func (s *Server) createShared(r *http.Request, body []byte) (*protocol.CreateAnswer, error) {
	c, err := decodeBody[protocol.CreateSharedSession](body)
	if err != nil {
		return nil, err
	}
	if err := c.Normalize(); err != nil {
		return nil, err
	}
	key, err := idempotencyKey(r)
	if err != nil {
		return nil, err
	}
	return s.as(r).CreateShared(r.Context(), c, key)
}

func (s *Server) sharedState(r *http.Request, _ []byte) (streamedAnswer, error) {
	return s.read(r, func(ctx context.Context, id string, caller *hub.Credentials) (streamedAnswer, error) {
		state, approvals, err := s.hub.State(ctx, id, caller)
		if err != nil {
			return nil, err
		}
		return streamedAnswer{
			member("session", state.Session),
			listMember("participants", state.Participants),
			listMember("approvals", approvals),
			member("cursor", state.Cursor),
		}, nil
	})
}

func (s *Server) listParticipants(r *http.Request, _ []byte) (streamedAnswer, error) {
	return s.read(r, func(ctx context.Context, id string, caller *hub.Credentials) (streamedAnswer, error) {
		participants, err := s.hub.Participants(ctx, id, caller)
		return streamedAnswer{listMember("participants", participants)}, err
	})
}

func (s *Server) listMessages(r *http.Request, _ []byte) (streamedAnswer, error) {
	return s.read(r, func(ctx context.Context, id string, caller *hub.Credentials) (streamedAnswer, error) {
		messages, err := s.hub.Messages(ctx, id, caller)
		return streamedAnswer{listMember("messages", messages)}, err
	})
}

// audit answers who did what in a session. It is for those who administer the server, since
// it has addresses.
func (s *Server) audit(r *http.Request, _ []byte) (streamedAnswer, error) {
	if !s.access.Caller(r).Unrestricted {
		return nil, protocol.Errorf(protocol.CodeOwnerRequired, "only those who administer the server can read the audit")
	}
	entries, err := s.hub.Audit(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return streamedAnswer{listMember("entries", entries)}, nil
}

// listQueue reads the queue of a session for a participant.
func (s *Server) listQueue(r *http.Request, _ []byte) (answer *protocol.WholeQueueAnswer, err error) {
	caller, err := s.queryCredentials(r, r.URL.Query())
	if err != nil {
		return nil, err
	}
	err = s.attempt(r, nil, func() error {
		answer, err = s.hub.Queue(r.Context(), r.PathValue("id"), caller)
		return err
	})
	return answer, err
}

// invitation answers what the invite in the Authorization header is for.
func (s *Server) invitation(r *http.Request, _ []byte) (answer *protocol.InvitationAnswer, err error) {
	invite, ok := access.Bearer(r)
	if !ok {
		return nil, protocol.Errorf(protocol.CodeUnauthorized, "the invite is missing: send it as Authorization: Bearer INVITE")
	}
	err = s.attempt(r, nil, func() error {
		answer, err = s.hub.Invitation(r.Context(), r.PathValue("id"), invite, s.access.IsProtected(r))
		return err
	})
	return answer, err
}

// read reads from a session, with the credentials in the headers or, as in the
// original API, without.
func (s *Server) read(r *http.Request, from func(context.Context, string, *hub.Credentials) (streamedAnswer, error)) (answer streamedAnswer, err error) {
	caller, ok := s.headerCredentials(r)
	if !ok {
		if err := s.checkReadLimit(r); err != nil {
			return nil, err
		}
		if err := s.as(r).CheckShared(r.Context(), r.PathValue("id")); err != nil {
			return nil, err
		}
		return from(r.Context(), r.PathValue("id"), nil)
	}
	err = s.attempt(r, nil, func() error {
		answer, err = from(r.Context(), r.PathValue("id"), &caller)
		return err
	})
	return answer, err
}
