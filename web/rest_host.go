package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/protocol"
)

// Host sessions: the running agents that are shared.

func (s *Server) agents(*http.Request, []byte) (any, error) {
	return protocol.AgentsAnswer{Agents: listed(s.hub.Agents())}, nil
}

func (s *Server) listHost(r *http.Request, _ []byte) (any, error) {
	return newLongAnswer(protocol.HostSessionsAnswer{}, "sessions", s.hub.HostSessions(r.Context()))
}

// createHost answers 201 when the agent is ready, or 202 when the time that the
// client wants to wait is over and it still starts.
func (s *Server) createHost(w http.ResponseWriter, r *http.Request) error {
	body, err := s.readBody(w, r)
	if err != nil {
		return err
	}
	session, err := s.startHost(r, body)
	if err != nil {
		return err
	}
	if body, err = protocol.Marshal(protocol.HostSessionAnswer{Session: session}); err != nil {
		return err
	}
	status := http.StatusCreated
	if session.Status == protocol.AgentStarting {
		status = http.StatusAccepted
	}
	writeJSON(w, status, body)
	return nil
}

func (s *Server) startHost(r *http.Request, body []byte) (protocol.HostSession, error) {
	var c protocol.CreateHostSession
	if err := decode(body, &c); err != nil {
		return protocol.HostSession{}, err
	}
	if err := c.Normalize(); err != nil {
		return protocol.HostSession{}, err
	}
	key, err := idempotencyKey(r)
	if err != nil {
		return protocol.HostSession{}, err
	}
	if wait, ok := preferredWait(r); ok {
		return s.hub.StartHost(r.Context(), &c, key, wait)
	}
	return s.hub.CreateHost(r.Context(), &c, key)
}

// maxPreferredWait bounds what is read as a preference, in seconds.
const maxPreferredWait = 3600

// preferredWait is how long the client wants to wait for the answer, as RFC 7240
// has it: Prefer: wait=10. Whatever else it prefers is passed over.
func preferredWait(r *http.Request) (time.Duration, bool) {
	for _, line := range r.Header.Values(headerPrefer) {
		for preference := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(preference, "=")
			seconds, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
			if strings.EqualFold(strings.TrimSpace(name), "wait") && err == nil && seconds >= 0 {
				return time.Duration(min(seconds, maxPreferredWait)) * time.Second, true
			}
		}
	}
	return 0, false
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
