package hub

import (
	"errors"
	"fmt"

	"parley/protocol"
)

// holdLaunch names the answers that wait until the agent is ready.
const holdLaunch = "launch"

func agentIs(status protocol.AgentStatus) *hostAgent {
	return &hostAgent{AgentStatusChanged: protocol.AgentStatusChanged{Status: status}}
}

// launch starts the agent again, on its earlier session if it can load that.
func (s *hostState) launch(d decision) decision { return s.launchOn(d, s.earlier()) }

// launchOn starts the agent again. load is the session that it loads, empty for a
// new one.
func (s *hostState) launchOn(d decision, load string) decision {
	starting := agentIs(protocol.AgentStarting)
	d.events = append(d.events, event{public: starting})
	return d.with(
		launchAgent{LaunchSpec{
			HostSession: s.ID,
			Profile:     s.Session.Agent,
			Cwd:         s.Cwd,
			Load:        load,
			MaxEvent:    s.settings.MaxEvent,
		}},
		tellOpen{agentChanged{starting.AgentStatusChanged}})
}

// launchAnew starts an agent on a new session after it failed to load the earlier
// one.
func (s *hostState) launchAnew(err error) decision {
	d := s.launchOn(decision{}, "")
	lastStatus(d).LoadError = err.Error()
	return d
}

func (s *hostState) launched(m launched) decision {
	if s.Agent == protocol.AgentEnding { // it was stopped before it was ready
		return decision{}.with(endAgent{})
	}
	ready := agentIs(protocol.AgentIdle)
	ready.Session, ready.CanLoad = m.sessionID, m.canLoad
	ready.Anew = s.earlier() == "" || m.loadError != nil
	d := decision{events: []event{{public: ready}}}
	d = d.with(
		tellOpen{agentChanged{ready.AgentStatusChanged}},
		release{hold: holdLaunch, answer: &protocol.HostSessionAnswer{Session: s.ready()}})
	if s.Worked {
		d = d.with(tellOpen{agentContinues{s.continuation(m.loadError)}})
	}
	if len(s.Queue) > 0 {
		return s.begin(d, s.Queue[0])
	}
	return d
}

// continuation says whether an agent that is ready again has its earlier session.
func (s *hostState) continuation(loadError error) protocol.AgentSession {
	switch {
	case loadError != nil:
		return protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: loadError.Error()}
	case s.LoadError != "":
		return protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: s.LoadError}
	case s.earlier() == "":
		return protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "the agent cannot load an earlier session"}
	}
	return protocol.AgentSession{Continued: protocol.ContinuedLoaded}
}

// launchFailed fails everything that waits for the agent, and deletes a session
// whose agent never ran. An agent that cannot load its session gets a new one.
func (s *hostState) launchFailed(m launchFailed) decision {
	if s.Agent == protocol.AgentEnding {
		return s.announceExit(s.lose(stopped)).with(refuseCreation(stopped, m.err))
	}
	if errors.Is(m.err, ErrCannotLoad) && s.earlier() != "" {
		return s.launchAnew(m.err)
	}
	failure := fmt.Sprintf("the agent could not be started: %v", m.err)
	d := s.end(failure, launchCode(m.err))
	if s.AgentSession == "" {
		d.events = append(d.events, event{public: &hostDeleted{NeverRan: true}})
	}
	return d.with(refuseCreation(failure, m.err))
}

// refuseCreation answers the creations that wait for the agent.
func refuseCreation(failure string, err error) effect {
	return release{hold: holdLaunch, other: protocol.Errorf(launchCode(err), "%s", failure)}
}

// launchCode returns the error code of a failed start. It separates failures that
// a retry can change from those that it cannot.
func launchCode(err error) protocol.Code {
	if _, full := errors.AsType[noSlotError](err); full {
		return protocol.CodeTooManyAgents
	}
	switch {
	case errors.Is(err, ErrCwdNotAllowed):
		return protocol.CodeInvalidRequest // the client may choose another directory
	case errors.Is(err, ErrNoProfile), errors.Is(err, ErrNoCommand), errors.Is(err, ErrNoDir):
		return protocol.CodeAgentNotFound // until the operator installs it
	case errors.Is(err, ErrAuthRequired):
		return protocol.CodeAgentAuthRequired
	case errors.Is(err, ErrAgentFailed):
		return protocol.CodeAgentFailed
	}
	return protocol.CodeAgentUnavailable
}
