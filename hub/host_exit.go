package hub

import (
	"fmt"
	"slices"

	"parley/protocol"
)

// stopped is the failure of a turn whose agent was stopped on request.
const stopped = "the agent was stopped"

// stop ends the agent. Until it has exited its status is ending, and new prompts
// wait for the next process. Stopping an agent that is still starting fails the
// prompts that wait for it, since they would start it again at once.
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

// exited fails the running turn. Queued turns run in a new process.
func (s *hostState) exited(e AgentExited) decision {
	failure := exitFailure(e)
	if s.Agent == protocol.AgentEnding {
		failure = stopped
	}
	d := s.lose(failure)
	status := lastStatus(d)
	status.ExitCode = e.ExitCode
	if e.StderrTail != "" {
		status.StderrTail = &e.StderrTail
	}
	if s.LetGo && s.Occupied && len(s.Queue) == 0 {
		return s.launch(d) // a shared session has opened meanwhile
	}
	return s.announceExit(d)
}

// exitFailure returns the failure of a turn whose agent has exited.
func exitFailure(e AgentExited) string {
	if e.ExitCode != nil {
		return fmt.Sprintf("the agent exited with code %d", *e.ExitCode)
	}
	return "the agent ended"
}

// lose decides that there is no agent any more: it withdraws the permission
// requests and fails the running turn. Its last event is the agent's status.
func (s *hostState) lose(failure string) decision {
	var d decision
	for _, p := range s.Permissions {
		d = s.withdraw(d, p.Permission.RequestID)
	}
	if s.Running != nil {
		if s.Running.Cancelling != "" {
			failure = s.Running.Cancelling
		}
		d = s.over(d, s.Running.Turn, "", failure, "")
	}
	d.events = append(d.events, event{public: agentIs(protocol.AgentExited)})
	return d
}

// lastStatus returns the agent's status that is the last event of a decision.
func lastStatus(d decision) *hostAgent { return d.events[len(d.events)-1].public.(*hostAgent) }

// announceExit tells the shared sessions the status that is the last event of the
// decision, and starts the agent again if turns wait.
func (s *hostState) announceExit(d decision) decision {
	d = d.with(tellOpen{agentChanged{lastStatus(d).AgentStatusChanged}})
	if len(s.Queue) == 0 {
		return d
	}
	return s.launch(d)
}

// end decides that there is no agent and fails everything that waits for it.
func (s *hostState) end(failure string, code protocol.Code) decision {
	d := s.lose(failure)
	status := lastStatus(d)
	status.Detail = failure
	for _, t := range s.Queue {
		d = s.over(d, t, "", failure, code)
	}
	return d.with(tellOpen{agentChanged{status.AgentStatusChanged}})
}

// recover decides what follows from a restart of the server. No agent runs,
// whatever the state says. Shared sessions may have ended unnoticed, so their
// turns are failed. Others may not know how their turns ended.
func (s *hostState) recover(m woken) decision {
	d := decision{events: s.settleOccupied(m.open)}
	if s.Agent != protocol.AgentExited {
		lost := s.lose("the server was restarted while the prompt was running")
		d = d.then(lost).with(tellOpen{agentChanged{lastStatus(lost).AgentStatusChanged}})
	}
	waiting := false
	for _, t := range s.Queue {
		if slices.Contains(m.open, t.Shared) {
			waiting = true
		} else {
			d = s.over(d, t, "", "the session has ended", "")
		}
	}
	if waiting {
		d = s.launch(d)
	}
	return s.reportEnds(d)
}

// reportEnds tells the shared sessions again how the turns ended that they have
// not confirmed.
func (s *hostState) reportEnds(d decision) decision {
	for _, t := range s.Ended {
		d = d.with(tell{t.Turn.Shared, turnEnded{t.Turn.Approval, t.StopReason, t.Failure, t.Code}})
	}
	return d
}
