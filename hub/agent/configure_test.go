package agent_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

// configurable is a running agent with the facts that it has announced.
type configurable struct {
	*running

	mu    *sync.Mutex
	facts *protocol.AgentFacts // guarded by mu
}

// launchConfigurable launches an agent whose facts the test can read.
func launchConfigurable(t *testing.T, s setup) configurable {
	c := configurable{mu: new(sync.Mutex), facts: new(protocol.AgentFacts)}
	s.sink = func(e rules.AgentEvent) {
		if known, ok := e.(rules.AgentUpdated); ok {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.facts.Merge(known.Facts)
		}
	}
	c.running = s.launch(t)
	return c
}

// set sets an option. It returns the agent's refusal, and the option afterwards.
func (c configurable) set(optionID, value string) (string, *protocol.ConfigOption) {
	c.t.Helper()
	c.Configure("request "+optionID, optionID, json.RawMessage(value))
	done, _ := await[rules.AgentConfigured](c.running)
	require.Equal(c.t, "request "+optionID, done.RequestID)
	c.mu.Lock()
	defer c.mu.Unlock()
	refusal := ""
	if done.Err != nil {
		refusal = done.Err.Error()
	}
	return refusal, c.facts.OptionByID(optionID)
}

func TestConfigure_uses_the_request_that_the_agent_knows(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ behaviour, option, value, refusal, after string }{
		{"announces modes and models", "mode", `"plan"`, "", `"plan"`},
		{"announces modes and models", "mode", `"gone"`, "no such mode", `"ask"`},
		{"announces modes and models", "model", `"small"`, "", `"small"`},
		{"announces options", "mode", `"plan"`, "", `"plan"`},
		{"announces options", "web", `false`, "", `false`},
		{"announces options", "stubborn", `"b"`, `the agent has set "a" instead`, `"a"`},
	} {
		t.Run(tc.behaviour+", "+tc.option+" to "+tc.value, func(t *testing.T) {
			t.Parallel()
			refusal, option := launchConfigurable(t, fake(tc.behaviour)).set(tc.option, tc.value)
			if tc.refusal == "" {
				require.Empty(t, refusal)
			} else {
				require.Contains(t, refusal, tc.refusal)
			}
			require.JSONEq(t, tc.after, string(option.CurrentValue))
		})
	}
}

func TestConfigure_masks_secrets_in_the_reason(t *testing.T) {
	t.Parallel()
	refusal, _ := launchConfigurable(t, fake("announces options")).set("leaky", `"b"`)
	require.Contains(t, refusal, "401")
	require.NotContains(t, refusal, "hunter2")
}

// announced has the members of the result of session/new of agents with options.
var announced = map[string]string{
	"announces modes and models": `,"modes":{"currentModeId":"ask","availableModes":[{"id":"ask","name":"Ask"},{"id":"plan","name":"Plan"}]},` +
		`"models":{"currentModelId":"big","availableModels":[{"modelId":"big"},{"modelId":"small"}]}`,
	"announces options": `,"modes":{"currentModeId":"ask","availableModes":[{"id":"ask","name":"Ask"}]},"configOptions":` + fmt.Sprintf(optionsOf, "ask", "true"),
}

// optionsOf are the options of the fake agent.
const optionsOf = `[{"id":"mode","name":"Mode","category":"mode","type":"select","currentValue":%q,"options":[{"value":"ask","name":"Ask"},{"value":"plan","name":"Plan"}]},` +
	`{"id":"web","name":"Web","type":"boolean","currentValue":%s},` +
	`{"id":"leaky","name":"Leaky","type":"select","currentValue":"a","options":[{"value":"a","name":"A"},{"value":"b","name":"B"}]},` +
	`{"id":"stubborn","name":"Stubborn","type":"select","currentValue":"a","options":[{"value":"a","name":"A"},{"value":"b","name":"B"}]}]`

// configure answers a request that sets an option.
func (a *fakeAgent) configure(method string, params fakeParams) {
	switch {
	case method == "session/set_mode" && params.ModeID == "plan", method == "session/set_model" && params.ModelID == "small":
		a.result(`{}`)
	case method == "session/set_mode":
		a.failure(`{"code":-32602,"message":"no such mode"}`)
	case params.ConfigID == "leaky":
		a.failure(leak)
	case params.ConfigID == "web" && params.Type == "boolean" && string(params.Value) == "false":
		a.result(`{"configOptions":`+optionsOf+`}`, "ask", "false")
	case params.ConfigID == "mode" && params.Type == "":
		a.result(`{"configOptions":`+optionsOf+`}`, "plan", "true")
	case params.ConfigID == "stubborn":
		a.result(`{"configOptions":`+optionsOf+`}`, "ask", "true")
	default:
		a.failure(`{"code":-32602,"message":"unexpected"}`)
	}
}
