package rules_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/rules"
	"parley/protocol"
)

// configurableFacts are the facts of an agent with a mode and a boolean option.
func configurableFacts() protocol.AgentFacts {
	return protocol.AgentFacts{ConfigOptions: []protocol.ConfigOption{
		{ID: "permissions", Category: protocol.CategoryMode, Type: protocol.OptionSelect, CurrentValue: json.RawMessage(`"ask"`),
			Options: []protocol.ConfigValue{{Value: "ask"}, {Value: "auto"}}, OptionTotal: 2},
		{ID: "web", Type: protocol.OptionBoolean, CurrentValue: json.RawMessage(`true`), Options: []protocol.ConfigValue{}},
	}, AuthMethods: []protocol.AuthMethod{{ID: "account", Type: protocol.AuthByAgent}}}
}

// configureCommands are the changes that the host can draw, and signing in.
var configureCommands = []protocol.Command{
	&protocol.Configure{OptionID: "permissions", Value: json.RawMessage(`"auto"`)},
	&protocol.Configure{OptionID: "web", Value: json.RawMessage(`false`)},
	&protocol.Configure{OptionID: "permissions", Forget: true},
	&protocol.SignIn{MethodID: "account"},
}

// answerChange has the agent answer the oldest change of an option, if there is one.
func (r *run) answerChange(refuses bool) {
	changes := r.HostState().Changes
	if len(changes) == 0 {
		return
	}
	answer := rules.AgentConfigured{RequestID: changes[0].Change.ID}
	if refuses {
		answer.Err = errors.New("no")
	}
	r.AgentReports(answer)
}

// forgetMode forgets the mode that the agent refuses, so that prompts no longer wait.
func (r *run) forgetMode() {
	change := r.HostState().RefusedModes[0].Change
	change.ID, change.Value = fmt.Sprintf("end-%d", len(r.Host.Journal)), rules.NoValue
	r.Do(r.Host, rules.Configure{Change: change, Shared: r.Shared[0].ID})
}
