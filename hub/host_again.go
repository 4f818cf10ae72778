package hub

import "parley/protocol"

// How an agent is ended on request, and how it goes on in another process.

// stopped is how a turn fails whose agent was asked to end.
const stopped = "the agent was stopped"

// stop asks the agent to end. Until it has, its status is ending, and prompts
// that come wait for the next process. A start is given up, with the prompts
// that waited for it: else it would begin again at once.
func (s *hostState) stop() decision {
	if s.Agent != protocol.AgentStarting && s.Agent != protocol.AgentIdle {
		return decision{}.with(tellOpen{agentChanged{s.status()}})
	}
	ending := agentIs(protocol.AgentEnding)
	d := decision{events: []event{{public: ending}}}
	if s.Agent == protocol.AgentStarting {
		for _, t := range s.Queue {
			d = s.over(d, t, "", stopped, "")
		}
	}
	return d.with(tellOpen{agentChanged{ending.AgentStatusChanged}}, endAgent{})
}

// launchAnew starts an agent with a new session, since it cannot load the one
// that it had.
func (s *hostState) launchAnew(err error) decision {
	after := *s
	after.LoadError = err.Error()
	d := after.launch(decision{})
	lastStatus(d).LoadError = after.LoadError
	return d
}

// continuation says whether the agent remembers, once it is ready again.
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
