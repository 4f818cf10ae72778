package hub_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/rules"
	"parley/protocol"
)

// setOption has the host set an option, which the agent accepts.
func (r *room) setOption(optionID, value string) {
	r.host.do(&protocol.Configure{OptionID: optionID, Value: json.RawMessage(value)}, nil)
	r.answerChange("")
	event[*protocol.AgentConfigured](r.host)
}

// answerChange receives the next change of an option at the agent and accepts it, or
// refuses it with a reason.
func (r *room) answerChange(reason string) hubtest.OptionChange {
	r.t.Helper()
	c, err := r.agent.NextChange(r.t.Context())
	require.NoError(r.t, err)
	done := rules.AgentConfigured{RequestID: c.RequestID}
	if reason != "" {
		done.Err = &protocol.Error{Message: reason}
	}
	r.agent.Say(done)
	return c
}

func modes() rules.AgentUpdated {
	return rules.AgentUpdated{Facts: protocol.AgentFacts{ConfigOptions: []protocol.ConfigOption{{
		ID: "mode", Category: protocol.CategoryMode, Type: protocol.OptionSelect, CurrentValue: json.RawMessage(`"ask"`),
		Options: []protocol.ConfigValue{{Value: "ask"}, {Value: "plan"}}, OptionTotal: 2,
	}}}}
}

func TestConfigure_outlives_the_server(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.agent.Say(modes())
		event[*protocol.AgentUpdated](r.host)
		r.setOption("mode", `"plan"`)
		r.restart()

		r.host = r.attach(&r.owner)
		r.host.do(&protocol.Prompt{Prompt: "go on"}, nil)
		r.nextAgent()
		synctest.Wait()
		require.Zero(t, r.agent.Prompted(), "the mode comes first")
		require.JSONEq(t, `"plan"`, r.answerChange("no such mode").Value)
		require.True(t, event[*protocol.AgentConfigureFailed](r.host).PromptsWait)
		require.Zero(t, r.agent.Prompted(), "the prompt was approved for another mode")

		again := r.attach(&r.owner)
		require.Equal(t, "mode", again.welcome.Agent.RefusedMode.OptionID)
		r.setOption("mode", `"ask"`)
		require.Equal(t, "go on", r.nextPrompt().Text)
		require.Nil(t, r.attach(&r.owner).welcome.Agent.RefusedMode)
	})
}

func TestConfigure_facts_come_before_the_outcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.agent.Say(modes())
		event[*protocol.AgentUpdated](r.host)
		r.host.do(&protocol.Configure{OptionID: "mode", Value: json.RawMessage(`"plan"`)}, nil)
		guest := r.join("ben")
		require.Equal(t, "mode", guest.welcome.Agent.Configuring[0].OptionID)
		changed := modes()
		changed.Facts.ConfigOptions[0].CurrentValue = json.RawMessage(`"plan"`)
		r.agent.Say(changed)
		r.answerChange("")
		require.Equal(t, "plan", event[*protocol.AgentUpdated](guest).Option(protocol.CategoryMode).Current().Value)
		event[*protocol.AgentConfigured](guest)
		require.Empty(t, r.join("cem").welcome.Agent.Configuring)
	})
}
