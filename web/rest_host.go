package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/protocol"
)

// Host sessions, the running agents that can be shared, as resources.

func (s *Server) agents(*http.Request, []byte) (protocol.AgentsAnswer, error) {
	return s.hub.Agents(), nil
}

// agentSessions lists the sessions that an agent has already. It is a POST, since it starts
// the agent, which a page of another site must not be able to do.
func (s *Server) agentSessions(r *http.Request, _ []byte) (protocol.AgentSessionsAnswer, error) {
	return s.as(r).AgentSessions(r.Context(), r.PathValue("name"), r.URL.Query().Get("cwd"))
}

// agentDirectories lists directories in which an agent may work. It is a POST, since it reads
// the disk and may start git, which a page of another site must not be able to cause.
func (s *Server) agentDirectories(r *http.Request, _ []byte) (protocol.DirectoriesAnswer, error) {
	return s.hub.AgentDirectories(r.Context(), r.PathValue("name"), r.URL.Query().Get("query"))
}

func (s *Server) listHost(r *http.Request, _ []byte) (streamedAnswer, error) {
	return streamedAnswer{listMember("sessions", s.as(r).HostSessions(r.Context()))}, nil
}

// createHost answers 201 when the agent is ready, or 202 if it is still starting when
// the client no longer wants to wait.
func (s *Server) createHost(w http.ResponseWriter, r *http.Request) error {
	body, err := s.readBody(w, r)
	if err != nil {
		return err
	}
	session, err := s.startHost(r, body)
	if err != nil {
		return err
	}
	encoded, err := protocol.Marshal(protocol.HostSessionAnswer{Session: session})
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if session.Status == protocol.AgentStarting {
		status = http.StatusAccepted
	}
	writeJSON(w, status, encoded)
	return nil
}

func (s *Server) startHost(r *http.Request, body []byte) (protocol.HostSession, error) {
	c, err := decodeBody[protocol.CreateHostSession](body)
	if err != nil {
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
		return s.as(r).StartHost(r.Context(), c, key, wait)
	}
	return s.as(r).CreateHost(r.Context(), c, key)
}

// maxPreferredWait bounds the preference of a client, in seconds.
const maxPreferredWait = 3600

// preferredWait returns how long the client prefers to wait for the answer, by RFC
// 7240: Prefer: wait=10. Other preferences are ignored.
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

func (s *Server) hostSession(r *http.Request, _ []byte) (protocol.HostSessionAnswer, error) {
	id := r.PathValue("id")
	session, err := s.as(r).HostSession(r.Context(), id)
	if err != nil {
		return protocol.HostSessionAnswer{}, err
	}
	history, err := s.hub.ForkHistory(r.Context(), id)
	if _, refused := asProtocol(err); err != nil && !refused {
		return protocol.HostSessionAnswer{}, err
	}
	return protocol.HostSessionAnswer{Session: session, ForkHistory: history}, nil
}

func (s *Server) deleteHost(r *http.Request) error {
	switch id := r.PathValue("id"); r.URL.Query().Get("agentSession") {
	case "", "keep":
		return s.as(r).DeleteHost(r.Context(), id)
	case "delete":
		return s.as(r).DeleteHostAndAgentSession(r.Context(), id)
	}
	return protocol.Errorf(protocol.CodeInvalidRequest, "agentSession is keep or delete")
}

func (s *Server) cancelHost(r *http.Request) error {
	return s.as(r).CancelHost(r.Context(), r.PathValue("id"))
}
