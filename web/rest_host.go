package web

import (
	"net/http"

	"parley/protocol"
)

// Host sessions: the running agents that are shared.

func (s *Server) agents(*http.Request, []byte) (any, error) {
	return protocol.AgentsAnswer{Agents: listed(s.hub.Agents())}, nil
}

func (s *Server) listHost(r *http.Request, _ []byte) (any, error) {
	sessions, err := s.hub.HostSessions(r.Context())
	if err != nil {
		return nil, err
	}
	return sessionList{listed(sessions)}, nil
}

func (s *Server) createHost(r *http.Request, body []byte) (any, error) {
	var c protocol.CreateHostSession
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
	session, err := s.hub.CreateHost(r.Context(), &c, key)
	if err != nil {
		return nil, err
	}
	return protocol.HostSessionAnswer{Session: session}, nil
}

func (s *Server) hostSession(r *http.Request, _ []byte) (any, error) {
	session, err := s.hub.HostSession(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return protocol.HostSessionAnswer{Session: session}, nil
}

func (s *Server) deleteHost(r *http.Request, _ []byte) (any, error) {
	return nil, s.hub.DeleteHost(r.Context(), r.PathValue("id"))
}

func (s *Server) cancelHost(r *http.Request, _ []byte) (any, error) {
	return nil, s.hub.CancelHost(r.Context(), r.PathValue("id"))
}
