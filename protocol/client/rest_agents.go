package client

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// Agents lists the agents that can be started, and common ones that are not installed.
func (s *Server) Agents(ctx context.Context) (answer protocol.AgentsAnswer, err error) {
	err = s.do(ctx, request{name: "list agents", method: http.MethodGet, path: []string{"agents"}}, &answer)
	return answer, err
}

// Directories completes the directory in which an agent is to work. The query is the
// beginning of a path, or a part of a directory's name.
func (s *Server) Directories(ctx context.Context, agent, query string) (answer protocol.DirectoriesAnswer, err error) {
	err = s.do(ctx, request{
		name: "list directories", method: http.MethodPost,
		path: []string{"agents", agent, "directories"}, query: map[string]string{"query": query}, body: struct{}{},
	}, &answer)
	return answer, err
}

// AgentSessions lists the sessions that an agent has already, for [Server.Adopt]. cwd is
// the working directory of those; empty for all. The server starts the agent for that.
func (s *Server) AgentSessions(ctx context.Context, agent, cwd string) (answer protocol.AgentSessionsAnswer, err error) {
	err = s.do(ctx, request{
		name: "list sessions of the agent", method: http.MethodPost, longer: agentTime,
		path: []string{"agents", agent, "sessions"}, query: map[string]string{"cwd": cwd}, body: struct{}{},
	}, &answer)
	return answer, err
}

// startWait is how long the server holds the answer about an agent that starts, since a
// proxy may limit that, in seconds.
const startWait = "2"

// Start starts an agent and waits until it is ready, which may take minutes. Meanwhile it
// repeats its request, always under one Idempotency-Key, so that one agent starts; waiting,
// unless it is nil, is called with each answer that the agent is still starting. If ctx ends
// or the server cannot be reached any more, Start ends the agent if it can, in at most five
// seconds.
func (s *Server) Start(ctx context.Context, c protocol.CreateHostSession, waiting func(protocol.HostSession)) (protocol.HostSession, error) {
	r := request{
		name: "start agent", method: http.MethodPost, path: []string{"sessions"}, body: c,
		header: map[string]string{"Idempotency-Key": uuid.NewString(), "Prefer": "wait=" + startWait},
	}
	for {
		session, err := s.hostSession(ctx, r)
		if err != nil {
			if _, refused := errors.AsType[*protocol.Error](err); !refused {
				s.giveUp(ctx, r)
			}
			return protocol.HostSession{}, err
		}
		if session.Status != protocol.AgentStarting {
			return session, nil
		}
		if waiting != nil {
			waiting(session)
		}
	}
}

// giveUp ends the agent that a request has started. The same request tells its id.
func (s *Server) giveUp(ctx context.Context, r request) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	r.header["Prefer"] = "wait=0"
	if session, err := s.hostSession(ctx, r); err == nil {
		_ = s.DeleteHostSession(ctx, session.ID, false) // nobody waits for the outcome
	}
}

// hostSession makes a request whose answer is a host session.
func (s *Server) hostSession(ctx context.Context, r request) (protocol.HostSession, error) {
	var answer protocol.HostSessionAnswer
	err := s.do(ctx, r, &answer)
	if err == nil && answer.Session.ID == "" {
		err = errIncomplete
	}
	return answer.Session, err
}

// HostSessions lists the host sessions, the newest first.
func (s *Server) HostSessions(ctx context.Context) ([]protocol.HostSession, error) {
	var answer protocol.HostSessionsAnswer
	err := s.do(ctx, request{name: "list agents that run", method: http.MethodGet, path: []string{"sessions"}}, &answer)
	return answer.Sessions, err
}

// HostSession reads a host session.
func (s *Server) HostSession(ctx context.Context, id string) (protocol.HostSession, error) {
	return s.hostSession(ctx, request{name: "read host session", method: http.MethodGet, path: []string{"sessions", id}})
}

// ForkHistory tells what a shared session on a fork of a host session begins with; empty if
// it cannot be forked now. Show it before a person decides on [Server.Fork].
func (s *Server) ForkHistory(ctx context.Context, hostSession string) (protocol.EarlierHistory, error) {
	var answer protocol.HostSessionAnswer
	r := request{name: "read host session", method: http.MethodGet, path: []string{"sessions", hostSession}}
	err := s.do(ctx, r, &answer)
	return answer.ForkHistory, err
}

// CancelTurn cancels the turn that runs in a host session, whichever shared session it
// belongs to.
func (s *Server) CancelTurn(ctx context.Context, hostSession string) error {
	return s.do(ctx, request{
		name: "cancel turn", method: http.MethodPost, path: []string{"sessions", hostSession, "cancel"}, body: struct{}{},
	}, nil)
}

// DeleteHostSession ends an agent for good. The shared sessions on it stay open for chat. If
// andAgentSession is true, the agent deletes its own session first, for which it has to run
// and to offer that.
func (s *Server) DeleteHostSession(ctx context.Context, id string, andAgentSession bool) error {
	r := request{name: "delete host session", method: http.MethodDelete, path: []string{"sessions", id}}
	if andAgentSession {
		r.query, r.longer = map[string]string{"agentSession": "delete"}, agentTime
	}
	return s.do(ctx, r, nil)
}
