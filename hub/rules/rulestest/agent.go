package rulestest

import (
	"errors"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/protocol"
)

// Agent is a fake agent of a host session. It records the effects on it, and checks that
// they are ones that an agent accepts.
type Agent struct {
	Launching    bool                  // a start has begun and is not finished
	Ready        bool                  // the agent runs
	Ending       bool                  // the agent, or its start, was asked to end
	Turn         string                // the approval of the running turn; empty for none
	Prompts      map[string]int        // how many times the agent received each prompt, by approval
	Texts        map[string]string     // the texts of the prompts that it received, by approval
	Attributions map[string]string     // the texts before them
	Memory       []byte                // what it is remembered by after a restart of the server; nil if it does not outlive that
	Loading      bool                  // the newest start was asked to open an earlier session
	Recaps       map[string]string     // the recap before each prompt that had one, by approval
	Changes      []host.ConfigureAgent // the changes of options that it received
}

// perform records an effect on the agent. It ignores other effects.
func (a *Agent) perform(t require.TestingT, e rules.Effect) {
	switch e := e.(type) {
	case host.LaunchAgent:
		a.Launching, a.Ending, a.Ready, a.Turn = true, false, false, ""
		a.Loading = e.Spec.Load != ""
	case host.PromptAgent:
		require.True(t, a.Ready, "a prompt for an agent that does not run")
		require.Empty(t, a.Turn, "a prompt while another turn runs")
		a.Turn = e.Prompt.Turn
		a.Prompts[a.Turn]++
		if e.Prompt.Recap != "" {
			a.Recaps[a.Turn] = e.Prompt.Recap
		}
		a.Texts[a.Turn], a.Attributions[a.Turn] = e.Prompt.Text, e.Prompt.Attribution
		require.Equal(t, 1, a.Prompts[a.Turn], "the agent receives a prompt twice")
	case host.ConfigureAgent:
		require.True(t, a.Ready, "an option is set in an agent that does not run")
		a.Changes = append(a.Changes, e)
	case host.SendAgain:
		for _, again := range e.Effects {
			a.perform(t, again)
		}
	case host.EndAgent:
		a.Ending = a.Ready || a.Launching
	}
}

// FinishLaunch finishes the start of the agent, with success or not.
func (n *Network) FinishLaunch(ok bool) {
	n.Agent.Launching = false
	if !ok {
		n.Agent.Ending = false
		n.Do(n.Host, host.LaunchFailed{Err: errors.New("no")})
		return
	}
	n.Agent.Ready = true
	launched := host.Launched{SessionID: "theirs", CanLoad: true, Memory: n.Agent.Memory, Continued: protocol.ContinuedNew}
	if n.Agent.Loading {
		launched.Continued = protocol.ContinuedLoaded
	}
	n.Do(n.Host, launched)
}

// AgentReports sends the host session a message of the agent, or its exit.
func (n *Network) AgentReports(e rules.AgentEvent) { n.AgentReportsFrom(rules.Origin{}, e) }

// AgentReportsFrom is [Network.AgentReports] for a message that a connector has carried.
func (n *Network) AgentReportsFrom(at rules.Origin, e rules.AgentEvent) {
	switch e := e.(type) {
	case rules.AgentTurnEnded:
		if e.Turn == n.Agent.Turn {
			n.Agent.Turn = ""
		}
	case rules.AgentExited:
		n.Agent.Ready, n.Agent.Ending, n.Agent.Turn = false, false, ""
	}
	n.DoFrom(n.Host, at, host.AgentReported{Event: e})
}
