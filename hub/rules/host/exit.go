package host

import (
	"cmp"
	"fmt"
	"slices"

	"parley/hub/rules"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// agentStopped is the failure of a turn whose agent was stopped on request.
const agentStopped = "the agent was stopped"

// stopAgent asks the agent to end. Its status is ending until it has exited, and new
// prompts wait for the next process. If the agent is still starting, the waiting prompts
// fail, since they would start it again at once.
func (s *State) stopAgent() rules.Decision {
	if s.Agent != protocol.AgentStarting && s.Agent != protocol.AgentIdle && !s.StartAgain {
		return rules.Decision{}.With(Broadcast{rules.AgentChanged{Status: s.status()}})
	}
	ending := newAgentStatus(protocol.AgentEnding)
	d := rules.Decision{Events: []rules.Event{{Public: ending}}}
	if s.Agent == protocol.AgentStarting {
		for _, t := range s.Queue {
			d = s.endTurn(d, turns.Ended{Turn: t, Failure: agentStopped})
		}
	}
	return d.With(Broadcast{rules.AgentChanged{Status: ending.AgentStatusChanged}}, EndAgent{})
}

// exited decides on the exit of the agent. The running turn fails; waiting turns run in a
// new process. An agent that exits while its options are set again would do so in every
// process, so the waiting turns fail as after a failed start.
func (s *State) exited(e rules.AgentExited) rules.Decision {
	failure := ExitFailure(e)
	switch {
	case s.StartAgain:
		failure = agentRestarted
	case s.Agent == protocol.AgentEnding:
		failure = agentStopped
	}
	d := s.loseAgent(failure, failure)
	status := lastStatus(d)
	status.ExitCode, status.Asleep = e.ExitCode, s.Asleep && s.Agent == protocol.AgentEnding
	if e.StderrTail != "" {
		status.StderrTail = &e.StderrTail
	}
	if s.StartAgain {
		return s.startAgain(d)
	}
	if s.StoppedIdle && s.Occupied && len(s.Queue) == 0 && !s.isDetached() {
		return s.launch(d) // a shared session has opened since
	}
	if again := s.NextAgain(); again != nil && s.Agent != protocol.AgentEnding {
		failure = fmt.Sprintf("%s while its option %.40q was set again", failure, again.Change.OptionID)
		return s.failWaiting(d, failure, protocol.CodeAgentFailed)
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

// loseAgent records that the agent no longer exists: it withdraws the questions,
// and fails the running turn and the changes of options. The last event of the decision is
// the agent's status.
func (s *State) loseAgent(failure, changeFailure string) rules.Decision {
	d := s.withdrawQuestions(rules.Decision{})
	if s.Running != nil {
		d = s.endTurn(d, turns.Ended{Turn: s.Running.Turn, Failure: cmp.Or(s.Running.Cancelling, failure), By: s.Running.CancelledBy})
	}
	d = s.failChanges(d, changeFailure)
	d.Events = append(d.Events, rules.Event{Public: newAgentStatus(protocol.AgentExited)})
	return d
}

// lastStatus returns the last event of a decision, which is a status of the agent.
func lastStatus(d rules.Decision) *agentStatusEvent {
	return d.Events[len(d.Events)-1].Public.(*agentStatusEvent)
}

// announceExit reports the last event of the decision, the agent's status, to the shared
// sessions. It starts the agent again if turns wait.
func (s *State) announceExit(d rules.Decision) rules.Decision {
	if len(s.Queue) > 0 {
		return s.startAgain(d)
	}
	return d.With(Broadcast{rules.AgentChanged{Status: lastStatus(d).AgentStatusChanged}})
}

// startAgain reports the last event of the decision, the agent's status, to the shared
// sessions, and starts the agent.
func (s *State) startAgain(d rules.Decision) rules.Decision {
	return s.launch(d.With(Broadcast{rules.AgentChanged{Status: lastStatus(d).AgentStatusChanged}}))
}

// endAgent records that the agent no longer exists, and fails all waiting turns as well.
func (s *State) endAgent(failure string, code protocol.Code) rules.Decision {
	return s.failWaiting(s.loseAgent(failure, failure), failure, code)
}

// failWaiting fails all waiting turns of an agent that no longer exists. The last event of
// the decision is the agent's status, which it completes and reports.
func (s *State) failWaiting(d rules.Decision, failure string, code protocol.Code) rules.Decision {
	status := lastStatus(d)
	status.Detail = failure
	for _, t := range s.Queue {
		d = s.endTurn(d, turns.Ended{Turn: t, Failure: failure, Code: code})
	}
	return d.With(Broadcast{rules.AgentChanged{Status: status.AgentStatusChanged}})
}

// loaded decides on a restart of the server. The agent of the earlier process no longer
// runs, whatever the state says, unless it outlives the server. A crash may have lost messages: turns of shared sessions
// that have ended fail, and the ends of turns are reported again.
func (s *State) loaded(in rules.Input, m rules.Loaded) rules.Decision {
	d := rules.Decision{Events: s.repairOccupied(m.OpenShared)}
	if s.isAttached() {
		d = d.Then(s.detach(in)) // its connection was one of the earlier process
	}
	if s.Agent != protocol.AgentExited && !s.Outlives() {
		lost := s.loseAgent("the server was restarted while the prompt was running", changeInterrupted)
		d = d.Then(lost).With(Broadcast{rules.AgentChanged{Status: lastStatus(lost).AgentStatusChanged}})
	}
	waiting := false
	for _, t := range s.Queue {
		if slices.Contains(m.OpenShared, t.Shared) {
			waiting = true
		} else {
			d = s.endTurn(d, turns.Ended{Turn: t, Failure: "the session has ended"})
		}
	}
	if waiting && !s.isRemote() {
		d = s.launch(d)
	}
	d = s.resendEnds(d)
	if s.Outlives() {
		d = s.suspend(d, m.OpenShared)
	}
	return d
}

// resendEnds reports the ends of turns again that the shared sessions have not confirmed.
func (s *State) resendEnds(d rules.Decision) rules.Decision {
	for _, t := range s.Ended {
		d = d.With(report(t))
	}
	return d
}
