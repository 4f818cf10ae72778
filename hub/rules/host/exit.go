package host

import (
	"fmt"
	"slices"

	"parley/hub/rules"
	"parley/protocol"
)

// agentStopped is the failure of a turn whose agent was stopped on request.
const agentStopped = "the agent was stopped"

// stopAgent ends the agent. Until it has exited its status is ending, and new prompts
// wait for the next process. Stopping an agent that is still starting fails the
// prompts that wait for it, since they would start it again at once.
func (s *State) stopAgent() rules.Decision {
	if s.Agent != protocol.AgentStarting && s.Agent != protocol.AgentIdle {
		return rules.Decision{}.With(Broadcast{rules.AgentChanged{Status: s.status()}})
	}
	ending := newAgentStatus(protocol.AgentEnding)
	d := rules.Decision{Events: []rules.Event{{Public: ending}}}
	if s.Agent == protocol.AgentStarting {
		for _, t := range s.Queue {
			d = s.endTurn(d, t, "", agentStopped, "")
		}
	}
	return d.With(Broadcast{rules.AgentChanged{Status: ending.AgentStatusChanged}}, EndAgent{})
}

// exited fails the running turn. Queued turns run in a new process.
func (s *State) exited(e rules.AgentExited) rules.Decision {
	failure := ExitFailure(e)
	if s.Agent == protocol.AgentEnding {
		failure = agentStopped
	}
	d := s.loseAgent(failure)
	status := lastStatus(d)
	status.ExitCode = e.ExitCode
	if e.StderrTail != "" {
		status.StderrTail = &e.StderrTail
	}
	if s.StoppedIdle && s.Occupied && len(s.Queue) == 0 {
		return s.launch(d) // a shared session has opened meanwhile
	}
	return s.announceExit(d)
}

// ExitFailure returns the failure of a turn whose agent has exited.
func ExitFailure(e rules.AgentExited) string {
	if e.ExitCode != nil {
		return fmt.Sprintf("the agent exited with code %d", *e.ExitCode)
	}
	return "the agent ended"
}

// loseAgent decides that there is no agent any more: it withdraws the permission
// requests and fails the running turn. Its last event is the agent's status.
func (s *State) loseAgent(failure string) rules.Decision {
	var d rules.Decision
	for _, p := range s.Permissions {
		d = s.withdrawPermission(d, p.Request.RequestID)
	}
	if s.Running != nil {
		if s.Running.Cancelling != "" {
			failure = s.Running.Cancelling
		}
		d = s.endTurn(d, s.Running.Turn, "", failure, "")
	}
	d.Events = append(d.Events, rules.Event{Public: newAgentStatus(protocol.AgentExited)})
	return d
}

// lastStatus returns the agent's status that is the last event of a decision.
func lastStatus(d rules.Decision) *agentStatusEvent {
	return d.Events[len(d.Events)-1].Public.(*agentStatusEvent)
}

// announceExit tells the shared sessions the status that is the last event of the
// decision, and starts the agent again if turns wait.
func (s *State) announceExit(d rules.Decision) rules.Decision {
	d = d.With(Broadcast{rules.AgentChanged{Status: lastStatus(d).AgentStatusChanged}})
	if len(s.Queue) == 0 {
		return d
	}
	return s.launch(d)
}

// endAgent decides that there is no agent and fails everything that waits for it.
func (s *State) endAgent(failure string, code protocol.Code) rules.Decision {
	d := s.loseAgent(failure)
	status := lastStatus(d)
	status.Detail = failure
	for _, t := range s.Queue {
		d = s.endTurn(d, t, "", failure, code)
	}
	return d.With(Broadcast{rules.AgentChanged{Status: status.AgentStatusChanged}})
}

// loaded decides what follows from a restart of the server. No agent runs,
// whatever the state says. Shared sessions may have ended unnoticed, so their
// turns are failed. Others may not know how their turns ended.
func (s *State) loaded(m rules.Loaded) rules.Decision {
	d := rules.Decision{Events: s.repairOccupied(m.OpenShared)}
	if s.Agent != protocol.AgentExited {
		lost := s.loseAgent("the server was restarted while the prompt was running")
		d = d.Then(lost).With(Broadcast{rules.AgentChanged{Status: lastStatus(lost).AgentStatusChanged}})
	}
	waiting := false
	for _, t := range s.Queue {
		if slices.Contains(m.OpenShared, t.Shared) {
			waiting = true
		} else {
			d = s.endTurn(d, t, "", "the session has ended", "")
		}
	}
	if waiting {
		d = s.launch(d)
	}
	return s.resendEnds(d)
}

// resendEnds tells the shared sessions again how the turns ended that they have
// not confirmed.
func (s *State) resendEnds(d rules.Decision) rules.Decision {
	for _, t := range s.Ended {
		d = d.With(rules.Send{To: t.Turn.Shared, Message: rules.TurnEnded{Approval: t.Turn.Approval, StopReason: t.StopReason, Failure: t.Failure, Code: t.Code}})
	}
	return d
}
