package host

import (
	"errors"
	"fmt"

	"parley/hub/rules"
	"parley/hub/rules/host/options"
	"parley/protocol"
)

// holdLaunch is the name under which the answers to creations wait for the agent.
const holdLaunch = "launch"

// newAgentStatus returns the event with a new status of the agent.
func newAgentStatus(status protocol.AgentStatus) *agentStatusEvent {
	return &agentStatusEvent{AgentStatusChanged: protocol.AgentStatusChanged{Status: status}}
}

// launch starts the agent again, with its earlier session if it can load that.
func (s *State) launch(d rules.Decision) rules.Decision { return s.launchOn(d, s.earlierSession()) }

// launchOn starts the agent again. load is the agent's session to load; empty for a new
// one. It adds nothing to the decision while the agent's connector has no connection: the
// agent starts when the connector returns.
func (s *State) launchOn(d rules.Decision, load string) rules.Decision {
	if s.isDetached() {
		return d
	}
	starting := newAgentStatus(protocol.AgentStarting)
	if s.isRemote() {
		starting.Run = s.Run + 1
	}
	starting.Replay = load != "" && load == s.Adopted && s.Occupied && !s.Replayed
	d.Events = append(d.Events, rules.Event{Public: starting})
	return d.With(
		LaunchAgent{rules.LaunchSpec{
			HostSession: s.ID,
			Profile:     s.Session.Agent,
			Cwd:         s.Cwd,
			Load:        load,
			Fork:        s.toFork(),
			Replay:      starting.Replay,
			Adopt:       load != "" && s.AgentSession == "",
			MaxEvent:    s.settings.MaxEvent,
			Run:         starting.Run,
			Remote:      s.isRemote(),
			Owner:       ownerOf(s.Session),
		}},
		Broadcast{rules.AgentChanged{Status: starting.AgentStatusChanged}})
}

// relaunchNewSession starts the agent with a new session after it failed to load the earlier
// one.
func (s *State) relaunchNewSession(err error) rules.Decision {
	d := s.launchOn(s.withdrawQuestions(rules.Decision{}), "")
	lastStatus(d).LoadError = err.Error()
	return d
}

// launched decides on a start that has succeeded.
func (s *State) launched(m Launched) rules.Decision {
	if s.Agent == protocol.AgentEnding { // the agent was stopped before it was ready
		return rules.Decision{}.With(EndAgent{})
	}
	ready := newAgentStatus(protocol.AgentIdle)
	ready.Session, ready.CanLoad = m.SessionID, m.CanLoad
	ready.IdleTimeout, ready.Memory = m.IdleTimeout, m.Memory
	continued := s.continuation(m)
	if ready.Anew = continued.Continued == protocol.ContinuedNew; s.HadTurn {
		ready.Forgot = continued.Reason
	}
	d := s.signedIn()
	d.Events = append(d.Events, rules.Event{Public: ready})
	d = d.With(
		Broadcast{rules.AgentChanged{Status: ready.AgentStatusChanged}},
		rules.Release{Hold: holdLaunch, Answer: &protocol.HostSessionAnswer{Session: s.readyAnswer()}})
	after := *s
	for _, c := range s.signIns() {
		after.ApplyEnded(&options.EndedEvent{Change: c.Change}, rules.Instant{}, &s.Session.Facts)
	}
	after.applyAgent(ready, rules.Stamp{})
	if s.HadTurn {
		if s.Replaying && !ready.Anew {
			continued.History = protocol.HistoryMissing
			if s.Replayed {
				continued.History = protocol.HistoryRepeated
			}
		}
		report := rules.AgentContinued{Session: continued}
		if ready.Anew {
			report.Renewal = after.Renewals
		}
		d = d.With(Broadcast{report})
	}
	d = after.failUnsupported(d)
	if s.AgentSession == "" || s.NewProfile {
		d = after.preset(d, m.Defaults)
	}
	return after.setChosen(d)
}

// continuation describes how an agent that is ready continues its earlier session.
func (s *State) continuation(m Launched) protocol.AgentSession {
	switch {
	case s.toFork() != "":
		return protocol.AgentSession{Continued: protocol.ContinuedLoaded}
	case m.LoadError != nil:
		return protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: m.LoadError.Error()}
	case s.LoadError != "":
		return protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: s.LoadError}
	case s.earlierSession() == "" || m.Continued == protocol.ContinuedNew:
		return protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "the agent cannot load an earlier session"}
	}
	return protocol.AgentSession{Continued: m.Continued}
}

// launchFailed decides on a start that has failed. Waiting turns fail, and a session whose
// agent never ran is deleted. An agent that cannot load its session is started again with a
// new one.
func (s *State) launchFailed(m LaunchFailed) rules.Decision {
	switch {
	case s.StartAgain:
		return s.startAgain(s.loseAgent(agentRestarted, agentRestarted))
	case s.Agent == protocol.AgentEnding:
		return s.announceExit(s.loseAgent(agentStopped, agentStopped)).With(s.refuseCreation(agentStopped, m.Err))
	}
	if errors.Is(m.Err, rules.ErrCannotLoad) && !s.isDetached() && s.earlierSession() != "" && s.AgentSession != "" {
		return s.relaunchNewSession(m.Err)
	}
	failure := fmt.Sprintf("the agent could not be started: %v", m.Err)
	d := s.endAgent(failure, launchCode(m.Err))
	if s.AgentSession == "" {
		d.Events = append(d.Events, rules.Event{Public: &deletedEvent{NeverRan: true}})
	}
	return d.With(s.refuseCreation(failure, m.Err))
}

// refuseCreation returns the effect that refuses the creations that wait for the agent.
// The client learns how to sign in, if the agent requires that.
func (s *State) refuseCreation(failure string, err error) rules.Effect {
	refusal := protocol.Errorf(launchCode(err), "%s", failure)
	if refusal.Code == protocol.CodeAgentAuthRequired {
		refusal.AuthMethods = s.Session.Facts.AuthMethods
	}
	if errors.Is(err, rules.ErrCwdNotAllowed) {
		refusal.Field = "cwd"
	}
	return rules.Release{Hold: holdLaunch, Err: refusal}
}

// StartError returns the error for a client about an agent that could not be started.
func StartError(err error) *protocol.Error {
	e := protocol.Errorf(launchCode(err), "the agent could not be started: %v", err)
	if full, ok := errors.AsType[NoSlotError](err); ok {
		return e.By(full.limit())
	} else if e.Code == protocol.CodeTooManyAgents {
		return e.By(protocol.LimitAgents)
	}
	return e
}

// launchCode returns the error code of a failed start. The codes separate failures that a
// retry can overcome from others.
func launchCode(err error) protocol.Code {
	if _, full := errors.AsType[NoSlotError](err); full || errors.Is(err, rules.ErrTooManyAgents) {
		return protocol.CodeTooManyAgents
	}
	switch {
	case errors.Is(err, rules.ErrCwdNotAllowed):
		return protocol.CodeInvalidRequest // the client may choose another directory
	case errors.Is(err, rules.ErrNoProfile), errors.Is(err, rules.ErrNoCommand), errors.Is(err, rules.ErrNoDir):
		return protocol.CodeAgentNotFound // the operator has to install it
	case errors.Is(err, rules.ErrAuthRequired):
		return protocol.CodeAgentAuthRequired
	case errors.Is(err, rules.ErrAgentFailed):
		return protocol.CodeAgentFailed
	}
	return protocol.CodeAgentUnavailable
}

// NoSlotError is the error of a start that was refused because that many agents, the
// maximum, run already.
type NoSlotError struct {
	Limit int
	Own   bool // it is the maximum of the owner, and not of the server
}

// Refusal returns the error for a client.
func (e NoSlotError) Refusal() *protocol.Error {
	return protocol.Errorf(protocol.CodeTooManyAgents, "%s; stop one that is no longer needed, or try again later", e.inUse()).By(e.limit())
}

func (e NoSlotError) limit() protocol.Limit {
	if e.Own {
		return protocol.LimitOwnAgents
	}
	return protocol.LimitAgents
}

// Error implements error.
func (e NoSlotError) Error() string { return e.inUse() + "; try again when one has ended" }

func (e NoSlotError) inUse() string {
	where := "on this server"
	if e.Own {
		where = "for its owner at a time"
	}
	if e.Limit == 1 {
		return "the one agent that may run " + where + " is running"
	}
	return fmt.Sprintf("all %d agents that may run %s are running", e.Limit, where)
}
