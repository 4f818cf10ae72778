package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// holdRestart precedes the id of a restart in the name under which its command waits.
const holdRestart = "restart "

// restartAgent asks the host session to start its agent again, or another agent unless the
// name is empty. The command waits for the outcome.
func (s *State) restartAgent(in rules.Input, agent string, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	m := rules.RestartAgent{ID: in.IDs[0], Agent: agent, By: p, Shared: s.ID, Command: ref}
	if ref != nil {
		m.ID = ref.Scope + " " + ref.ID // a repeated command waits for the same outcome
	}
	return rules.Decision{Effects: []rules.Effect{s.sendHost(m)}, Hold: holdRestart + m.ID}
}

// agentRestarting records that the agent is started again, and by whom.
func (s *State) agentRestarting(m rules.AgentRestarting) rules.Decision {
	r := m.Restart
	d := rules.Decision{}
	e := rules.Event{Public: &protocol.AgentRestarting{Participant: r.By}}
	if r.Agent != "" {
		e.Public = &protocol.AgentSwitched{From: m.From, To: r.Agent, Participant: r.By}
	}
	if r.Shared == s.ID {
		e.Private.Command = r.Command
		d = d.With(rules.Release{Hold: holdRestart + r.ID, Answer: struct{}{}})
	}
	if s.Active() {
		d.Events = []rules.Event{e}
	}
	return d
}

// restartRefused answers the command that asked for a restart.
func (s *State) restartRefused(m rules.RestartRefused) rules.Decision {
	return rules.Decision{}.With(rules.Release{Hold: holdRestart + m.ID, Err: m.Err})
}
