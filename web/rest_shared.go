package web

import (
	"context"
	"net/http"

	"parley/hub"
	"parley/protocol"
)

// Shared sessions as resources: listing, creating, reading.

func (s *Server) listShared(r *http.Request, _ []byte) (any, error) {
	q := r.URL.Query()
	status := protocol.SessionStatus(q.Get("status"))
	if status != "" && !status.Valid() {
		return nil, protocol.Errorf(protocol.CodeInvalidRequest, "status %.40q is not one", status)
	}
	sessions := s.hub.SharedSessions(r.Context(), q.Get("workspaceId"), q.Get("hostSessionId"), status)
	return newLongAnswer(protocol.SessionsAnswer{}, "sessions", sessions)
}

func (s *Server) createShared(r *http.Request, body []byte) (any, error) {
	var c protocol.CreateSharedSession
	if err := decode(body, &c); err != nil {
		return nil, err
	}
	if err := c.Normalize(); err != nil {
		return nil, err
	}
	key, err := idempotencyKey(r)
	if err != nil {
		return nil, err
	}
	return s.hub.CreateShared(r.Context(), &c, key)
}

func (s *Server) sharedState(r *http.Request, _ []byte) (any, error) {
	return read(s, r, func(ctx context.Context, id string, who *hub.Credentials) (*longAnswer, error) {
		state, approvals, err := s.hub.State(ctx, id, who)
		if err != nil {
			return nil, err
		}
		around := protocol.StateAnswer{Session: state.Session, Cursor: state.Cursor}
		answer, err := newLongAnswer(around, "participants", state.Participants)
		if err != nil {
			return nil, err
		}
		return addList(answer, "approvals", approvals)
	})
}

func (s *Server) participants(r *http.Request, _ []byte) (any, error) {
	return read(s, r, func(ctx context.Context, id string, who *hub.Credentials) (*longAnswer, error) {
		participants, err := s.hub.Participants(ctx, id, who)
		if err != nil {
			return nil, err
		}
		return newLongAnswer(protocol.ParticipantsAnswer{}, "participants", participants)
	})
}

func (s *Server) messages(r *http.Request, _ []byte) (any, error) {
	return read(s, r, func(ctx context.Context, id string, who *hub.Credentials) (*longAnswer, error) {
		messages, err := s.hub.Messages(ctx, id, who)
		if err != nil {
			return nil, err
		}
		return newLongAnswer(protocol.MessagesAnswer{}, "messages", messages)
	})
}

// invitation tells what the invite is for that stands in the Authorization header.
func (s *Server) invitation(r *http.Request, _ []byte) (answer any, err error) {
	invite, ok := bearer(r)
	if !ok {
		return nil, protocol.Errorf(protocol.CodeUnauthorized, "the invite is missing: send it as Authorization: Bearer INVITE")
	}
	err = s.addresses.attempt(r.Context(), r.RemoteAddr, nil, func() error {
		answer, err = s.hub.Invitation(r.Context(), r.PathValue("id"), invite)
		return err
	})
	return answer, err
}

// read has the hub read something of a session, for who shows credentials or,
// as in the original, for anybody.
func read[T any](s *Server, r *http.Request, from func(context.Context, string, *hub.Credentials) (T, error)) (answer T, err error) {
	who := readerCredentials(r)
	if who == nil {
		if err := s.addresses.read(r); err != nil {
			return answer, err
		}
		return from(r.Context(), r.PathValue("id"), nil)
	}
	err = s.addresses.attempt(r.Context(), r.RemoteAddr, nil, func() error {
		answer, err = from(r.Context(), r.PathValue("id"), who)
		return err
	})
	return answer, err
}

// closeShared takes the credentials in the body or, from clients whose DELETE
// has none, in the query.
func (s *Server) closeShared(r *http.Request, body []byte) (any, error) {
	var who hub.Credentials
	var err error
	if len(body) > 0 {
		who, err = bodyCredentials(r, body)
	} else {
		who, err = queryCredentials(r, r.URL.Query())
	}
	if err != nil {
		return nil, err
	}
	return s.do(r, who, &protocol.Close{})
}

// listed makes a list that is empty rather than null.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
