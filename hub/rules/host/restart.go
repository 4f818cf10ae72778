package host

import (
	"fmt"
	"slices"

	"parley/hub/rules"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// agentRestarted is the failure of a turn whose agent was restarted on request.
const agentRestarted = "the agent was restarted"

// agentSwitchedEvent records that another agent continues. Its JSON is stored.
type agentSwitchedEvent struct {
	Agent  string `json:"agent"`
	Reason string `json:"reason"` // why the new agent does not remember the conversation
}

// restart ends the agent's process if there is one, and starts the agent, or another one,
// again. Prompts that wait are kept for the next process.
func (s *State) restart(m rules.RestartAgent) rules.Decision {
	if s.Restart == m.ID {
		return rules.Decision{} // it is being carried out
	}
	if err := s.refuseRestart(m); err != nil {
		return rules.Decision{}.With(rules.Send{To: m.Shared, Message: rules.RestartRefused{ID: m.ID, Err: err}})
	}
	d := rules.Decision{}.With(Broadcast{rules.AgentRestarting{Restart: m, From: s.Session.Agent}})
	after := *s
	if m.Agent != "" {
		switched := &agentSwitchedEvent{m.Agent, fmt.Sprintf("%s was replaced by %s", s.Session.Agent, m.Agent)}
		d.Events = append(d.Events, rules.Event{Public: switched})
		after.applySwitched(switched)
		d = d.Then(after.recordFacts(forgottenFacts(m.Agent)))
	}
	if s.Agent == protocol.AgentExited {
		d = after.launch(d)
		lastStatus(d).Restart = m.ID
		return d
	}
	ending := newAgentStatus(protocol.AgentEnding)
	ending.Restart = m.ID
	d.Events = append(d.Events, rules.Event{Public: ending})
	return d.With(Broadcast{rules.AgentChanged{Status: ending.AgentStatusChanged}}, EndAgent{})
}

// refuseRestart returns why the agent cannot be restarted or replaced now; nil if it can.
func (s *State) refuseRestart(m rules.RestartAgent) error {
	if s.isDetached() {
		return protocol.Errorf(protocol.CodeAgentUnavailable, "the machine of the agent has no connection")
	}
	return s.refuseSwitch(m)
}

// refuseSwitch returns why the session cannot continue with another agent; nil if it can,
// and for a restart of the present agent. The conversation goes to an agent that its
// creator could choose, and only with nobody else on the agent.
func (s *State) refuseSwitch(m rules.RestartAgent) error {
	switch {
	case m.Agent == "":
		return nil
	case m.Agent == s.Session.Agent:
		return protocol.Errorf(protocol.CodeInvalidRequest, "%s is the agent of this session already", m.Agent)
	case !slices.Contains(s.Session.Facts.Profiles, m.Agent):
		return protocol.Errorf(protocol.CodeAgentNotFound, "%.40q was not offered when this session's agent was started", m.Agent)
	case s.Running != nil:
		return protocol.Errorf(protocol.CodeAgentInUse, "a turn runs; cancel it, or wait for its end")
	case m.Others:
		return protocol.Errorf(protocol.CodeAgentInUse, "another session is open on this agent")
	}
	return nil
}

// forgottenFacts returns the facts about an agent that has not announced any. Its
// capabilities are unknown until it is ready.
func forgottenFacts(profile string) protocol.AgentFacts {
	return protocol.AgentFacts{
		Profile:           &profile,
		Info:              new(protocol.AgentInfo),
		AuthMethods:       []protocol.AuthMethod{},
		ConfigOptions:     []protocol.ConfigOption{},
		AvailableCommands: []protocol.AvailableCommand{},
		SessionTitle:      new(string),
		Usage:             new(protocol.AgentUsage),
	}
}

// applySwitched notes that another agent continues. It can load no session of the one
// before, and has other options.
func (s *State) applySwitched(p *agentSwitchedEvent) {
	s.Session.Agent, s.LoadError, s.NewProfile = p.Agent, p.Reason, true
	s.Chosen, s.RefusedModes = nil, nil
}

// failUnsupported fails the waiting turns whose content the agent does not take, once it
// is ready and its capabilities are known. It removes them from the queue of s, which is a
// copy of the state.
func (s *State) failUnsupported(d rules.Decision) rules.Decision {
	support, known := rules.SupportOf(s.Session.Facts)
	if !known {
		return d
	}
	var rest []rules.Turn
	for _, t := range s.Queue {
		if err := support.Check(t.Content); err != nil {
			d = s.endTurn(d, turns.Ended{Turn: t, Failure: err.Error(), Code: protocol.CodeContentNotSupported})
		} else {
			rest = append(rest, t)
		}
	}
	s.Queue = rest
	return d
}

// replayedEvent records that shared sessions receive the history of the adopted session, or
// learn that they do not, so that this happens once. Its JSON is stored.
type replayedEvent struct{}

// replay starts the agent again for the first shared session on an adopted session of the
// agent, which repeats its history while it is opened.
func (s *State) replay(d rules.Decision) rules.Decision {
	after := *s
	after.Occupied = true
	if s.Agent == protocol.AgentExited {
		return after.launch(d)
	}
	ending := newAgentStatus(protocol.AgentEnding)
	ending.Restart = "replay"
	d.Events = append(d.Events, rules.Event{Public: ending})
	return d.With(Broadcast{rules.AgentChanged{Status: ending.AgentStatusChanged}}, EndAgent{})
}
