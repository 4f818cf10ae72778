package host_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// options are the facts of an agent with a mode, a model and a boolean option.
func options() protocol.AgentFacts {
	value := func(v string) protocol.ConfigValue { return protocol.ConfigValue{Value: v, Name: v} }
	return protocol.AgentFacts{ConfigOptions: []protocol.ConfigOption{
		{ID: "permissions", Category: protocol.CategoryMode, Type: "select", CurrentValue: json.RawMessage(`"ask"`),
			Options: []protocol.ConfigValue{value("ask"), value("auto")}, OptionTotal: 2},
		{ID: "model", Category: protocol.CategoryModel, Type: "select", CurrentValue: json.RawMessage(`"large"`),
			Options: []protocol.ConfigValue{value("large"), value("small")}, OptionTotal: 2},
		{ID: "web", Type: "boolean", CurrentValue: json.RawMessage(`true`), Options: []protocol.ConfigValue{}},
	}}
}

// configurable returns a stage whose agent has announced its options.
func configurable(t *testing.T) *rulestest.Fixture {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.Do(s.Host, host.FactsLearned{Facts: options()})
	s.DeliverAll()
	return s
}

// sets has the host set an option, and returns the request that the agent has received.
func sets(s *rulestest.Fixture, optionID, value string) host.ConfigureAgent {
	s.T.Helper()
	require.NoError(s.T, s.Send(s.Owner(), &protocol.Configure{OptionID: optionID, Value: json.RawMessage(value)}).Err)
	s.DeliverAll()
	return s.Agent.Changes[len(s.Agent.Changes)-1]
}

// answers has the agent answer a change; failure is empty for success.
func answers(s *rulestest.Fixture, c host.ConfigureAgent, failure string) {
	said := rules.AgentConfigured{RequestID: c.RequestID}
	if failure != "" {
		said.Err = errors.New(failure)
	}
	s.AgentReports(said)
	s.DeliverAll()
}

// last returns the newest event of the shared session.
func last(s *rulestest.Fixture, n *rulestest.Session) protocol.Payload {
	r := n.Journal[len(n.Journal)-1]
	p, err := protocol.DecodePayload(protocol.EventType(r.Type), r.Public)
	require.NoError(s.T, err)
	return p
}

func TestState_sets_an_option(t *testing.T) {
	t.Run("and reports the outcome to every shared session", func(t *testing.T) {
		w := rulestest.NewNetwork(t, rules.Settings{}, 2)
		s := &rulestest.Fixture{Network: w, T: t, Session: w.Shared[0], State: w.Shared[0].SharedState()}
		s.Do(s.Host, host.FactsLearned{Facts: options()})
		s.DeliverAll()
		sent := sets(s, "model", `"small"`)
		require.Equal(t, "model", sent.OptionID)
		require.JSONEq(t, `"small"`, string(sent.Value))
		for _, n := range w.Shared {
			require.Equal(t, "model", last(s, n).(*protocol.AgentConfiguring).OptionID)
			require.Len(t, n.SharedState().Changes, 1)
		}
		answers(s, sent, "")
		for _, n := range w.Shared {
			done := last(s, n).(*protocol.AgentConfigured)
			require.Equal(t, s.Owner().ID, done.Participant.ID)
			require.JSONEq(t, `"small"`, string(done.Value))
			require.Empty(t, n.SharedState().Changes)
		}
	})
	t.Run("and fails with the agent's reason", func(t *testing.T) {
		s := configurable(t)
		answers(s, sets(s, "model", `"small"`), "not in your plan")
		require.Equal(t, "not in your plan", last(s, s.Session).(*protocol.AgentConfigureFailed).Reason)
		require.Empty(t, s.HostState().Chosen)
	})
	t.Run("and fails after 30 seconds without an answer", func(t *testing.T) {
		s := configurable(t)
		sent := sets(s, "web", `false`)
		require.Equal(t, s.Now.Add(30*time.Second), s.Host.State.Due())
		s.Now = s.Now.Add(30 * time.Second)
		s.Do(s.Host, rules.Tick{})
		s.DeliverAll()
		require.Equal(t, "the agent did not answer", last(s, s.Session).(*protocol.AgentConfigureFailed).Reason)
		require.Empty(t, s.Do(s.Host, host.AgentReported{Event: rules.AgentConfigured{RequestID: sent.RequestID}}).Events, "a late answer changes nothing")
	})
	t.Run("and fails when the agent exits", func(t *testing.T) {
		s := configurable(t)
		sets(s, "web", `false`)
		s.AgentReports(rules.AgentExited{ExitCode: new(3)})
		s.DeliverAll()
		require.Empty(t, s.State.Changes)
		require.Empty(t, s.HostState().Changes)
	})
	t.Run("while a turn runs", func(t *testing.T) {
		s := configurable(t)
		id := s.RunPrompt()
		answers(s, sets(s, "web", `false`), "")
		require.Equal(t, id, s.HostState().Running.Turn.Approval)
	})
	t.Run("once, although two shared sessions change it at the same time", func(t *testing.T) {
		s := configurable(t)
		sets(s, "web", `false`)
		other := rules.OptionChange{ID: "other", OptionID: "web", Value: json.RawMessage(`true`)}
		d := s.Do(s.Host, rules.Configure{Change: other, Shared: s.Session.ID})
		require.Equal(t, "the agent has not answered the previous change of this option", rulestest.MessagesOf[rules.ConfigureEnded](d)[0].Failure)
		require.Len(t, s.Agent.Changes, 1)
	})
}

// restarted returns a session whose agent was restarted for a prompt, after options
// were set.
func restarted(t *testing.T, ids ...string) *rulestest.Fixture {
	s := configurable(t)
	for _, id := range ids {
		answers(s, sets(s, id, map[string]string{"permissions": `"auto"`, "model": `"small"`, "web": "false"}[id]), "")
	}
	restartForPrompt(s)
	return s
}

// restartForPrompt ends the agent, and starts it again for a prompt.
func restartForPrompt(s *rulestest.Fixture) {
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	s.Agent.Changes = nil
	s.Prompt(s.Owner())
	s.DeliverAll()
	s.FinishLaunch(true)
	s.DeliverAll()
}

// refusedMode returns a restarted session whose agent refuses the mode that was set.
func refusedMode(t *testing.T) *rulestest.Fixture {
	s := restarted(t, "permissions")
	answers(s, s.Agent.Changes[0], "no such mode")
	require.Empty(t, s.Agent.Turn, "the prompt was approved for another mode")
	failed := s.State.RefusedMode
	require.Equal(t, "no such mode", failed.Reason)
	require.True(t, failed.PromptsWait)
	s.Prompt(s.Owner())
	s.DeliverAll()
	require.Empty(t, s.Agent.Turn, "further prompts wait too")
	return s
}

func TestState_sets_options_again_in_a_restarted_agent(t *testing.T) {
	t.Run("one by one, before its first prompt", func(t *testing.T) {
		s := restarted(t, "model", "web")
		require.Len(t, s.Agent.Changes, 1)
		require.Empty(t, s.Agent.Turn)
		answers(s, s.Agent.Changes[0], "")
		require.Len(t, s.Agent.Changes, 2)
		require.Equal(t, "web", s.Agent.Changes[1].OptionID)
		require.Empty(t, s.Agent.Turn)
		answers(s, s.Agent.Changes[1], "")
		require.NotEmpty(t, s.Agent.Turn)
	})
	t.Run("and continues without an option that the agent refuses", func(t *testing.T) {
		s := restarted(t, "model")
		answers(s, s.Agent.Changes[0], "no such model")
		require.NotEmpty(t, s.Agent.Turn)
		require.Empty(t, s.HostState().Chosen, "it is not tried again")
		require.Nil(t, s.State.RefusedMode)
	})
	t.Run("and lets prompts wait if it does not answer about the mode", func(t *testing.T) {
		s := restarted(t, "permissions")
		s.Now = s.Now.Add(30 * time.Second)
		s.Do(s.Host, rules.Tick{})
		s.DeliverAll()
		require.Equal(t, "the agent did not answer", s.State.RefusedMode.Reason)
		require.Empty(t, s.Agent.Turn)
	})
}

func TestState_agent_that_exits_while_its_options_are_set_again(t *testing.T) {
	s := restarted(t, "model")
	s.AgentReports(rules.AgentExited{ExitCode: new(3)})
	s.DeliverAll()
	require.Equal(t, protocol.AgentExited, s.HostState().Agent, "it is not started again and again")
	require.Empty(t, s.HostState().Queue)
	var failures []string
	for _, r := range s.Session.Journal {
		if p, err := protocol.DecodePayload(protocol.EventType(r.Type), r.Public); err == nil {
			if failed, ok := p.(*protocol.PromptDispatchFailed); ok {
				require.Equal(t, protocol.CodeAgentFailed, failed.Code)
				failures = append(failures, failed.Error)
			}
		}
	}
	require.Equal(t, []string{`the agent exited with code 3 while its option "model" was set again`}, failures)

	require.NoError(t, s.Send(s.Owner(), &protocol.Configure{OptionID: "model", Forget: true}).Err)
	s.DeliverAll()
	s.Prompt(s.Owner())
	s.DeliverAll()
	s.FinishLaunch(true)
	require.NotEmpty(t, s.Agent.Turn, "prompts run once the option is forgotten")
}

func TestState_gives_the_reason_why_a_change_has_no_answer(t *testing.T) {
	reason := func(s *rulestest.Fixture) string {
		for _, c := range s.HostState().SettledChanges {
			return c.Failure
		}
		return ""
	}
	t.Run("the server was restarted", func(t *testing.T) {
		s := configurable(t)
		sets(s, "web", "false")
		s.Crash()
		s.DeliverAll()
		require.Equal(t, "the server was restarted before the agent answered", reason(s))
	})
	t.Run("the agent exited in a turn that was cancelled", func(t *testing.T) {
		s := configurable(t)
		s.Prompt(s.Owner())
		s.DeliverAll()
		sets(s, "web", "false")
		require.NoError(t, s.Send(s.Owner(), &protocol.Cancel{}).Err)
		s.DeliverAll()
		s.AgentReports(rules.AgentExited{ExitCode: new(3)})
		s.DeliverAll()
		require.Equal(t, "the agent exited with code 3", reason(s))
	})
}

func TestState_lets_prompts_wait_after_a_refused_mode(t *testing.T) {
	t.Run("until the host sets a mode", func(t *testing.T) {
		s := refusedMode(t)
		answers(s, sets(s, "permissions", `"ask"`), "")
		require.NotEmpty(t, s.Agent.Turn)
		require.Nil(t, s.State.RefusedMode)
		require.Empty(t, s.HostState().RefusedModes)
	})
	t.Run("until the host forgets the mode", func(t *testing.T) {
		s := refusedMode(t)
		require.NoError(t, s.Send(s.Owner(), &protocol.Configure{OptionID: "permissions", Forget: true}).Err)
		s.DeliverAll()
		require.NotEmpty(t, s.Agent.Turn)
		require.Nil(t, s.State.RefusedMode)
		require.Empty(t, s.HostState().Chosen)
	})
	t.Run("and tells a shared session that opens later", func(t *testing.T) {
		s := refusedMode(t)
		d := s.Do(s.Host, rules.SharedOpened{Shared: journal.SessionID{1, 9}})
		require.True(t, rulestest.MessagesOf[rules.ConfigureEnded](d)[0].PromptsWait)
	})
	t.Run("until the next process accepts the mode", func(t *testing.T) {
		s := refusedMode(t)
		s.AgentReports(rules.AgentExited{})
		s.DeliverAll()
		require.Nil(t, s.State.RefusedMode)
		s.FinishLaunch(true)
		require.Len(t, s.Agent.Changes, 2)
		answers(s, s.Agent.Changes[1], "")
		require.NotEmpty(t, s.Agent.Turn)
	})
}

func TestState_sets_again_the_mode_that_was_shown_last(t *testing.T) {
	s := configurable(t)
	answers(s, sets(s, "permissions", `"auto"`), "")
	auto := options()
	auto.ConfigOptions[0].CurrentValue = json.RawMessage(`"auto"`)
	s.Do(s.Host, host.FactsLearned{Facts: auto})
	s.Do(s.Host, host.FactsLearned{Facts: options()}) // the agent itself goes back to asking
	s.DeliverAll()
	restartForPrompt(s)
	require.Len(t, s.Agent.Changes, 1)
	require.JSONEq(t, `"ask"`, string(s.Agent.Changes[0].Value), "the prompt was approved while the room showed this mode")
}

func TestState_counts_the_time_of_each_option_that_is_set_again_from_its_request(t *testing.T) {
	s := restarted(t, "model", "permissions")
	s.Now = s.Now.Add(29 * time.Second)
	answers(s, s.Agent.Changes[0], "")
	require.Len(t, s.Agent.Changes, 2)
	s.Now = s.Now.Add(29 * time.Second)
	s.Do(s.Host, rules.Tick{})
	s.DeliverAll()
	require.Nil(t, s.State.RefusedMode)
	answers(s, s.Agent.Changes[1], "")
	require.NotEmpty(t, s.Agent.Turn)
}

func TestState_shows_one_refused_mode_after_the_other(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	facts := options()
	facts.ConfigOptions[1].Category = protocol.CategoryMode
	s.Do(s.Host, host.FactsLearned{Facts: facts})
	s.DeliverAll()
	answers(s, sets(s, "permissions", `"auto"`), "")
	answers(s, sets(s, "model", `"small"`), "")
	restartForPrompt(s)
	answers(s, s.Agent.Changes[0], "no")
	answers(s, s.Agent.Changes[1], "no")
	for _, id := range []string{"permissions", "model"} {
		require.Equal(t, id, s.State.RefusedMode.OptionID)
		require.Empty(t, s.Agent.Turn)
		require.NoError(t, s.Send(s.Owner(), &protocol.Configure{OptionID: id, Forget: true}).Err)
		s.DeliverAll()
	}
	require.Nil(t, s.State.RefusedMode)
	require.NotEmpty(t, s.Agent.Turn)
}

func TestState_options_after_a_crash(t *testing.T) {
	t.Run("a change that was under way has failed", func(t *testing.T) {
		s := configurable(t)
		sets(s, "web", `false`)
		s.Crash()
		s.DeliverAll()
		require.Empty(t, s.Session.SharedState().Changes)
		require.NotEmpty(t, last(s, s.Session).(*protocol.AgentStatusChanged).Status)
	})
	t.Run("a change that never arrived has failed", func(t *testing.T) {
		s := configurable(t)
		s.EffectsLeft = 0
		s.Send(s.Owner(), &protocol.Configure{OptionID: "web", Value: json.RawMessage("false")})
		s.Crash()
		s.DeliverAll()
		require.Empty(t, s.Session.SharedState().Changes)
		require.Empty(t, s.Agent.Changes)
	})
	t.Run("an outcome that was lost is sent again", func(t *testing.T) {
		s := configurable(t)
		sent := sets(s, "web", `false`)
		s.EffectsLeft = 0
		s.AgentReports(rules.AgentConfigured{RequestID: sent.RequestID})
		s.Crash()
		s.DeliverAll()
		require.Empty(t, s.Session.SharedState().Changes)
		var kinds []string
		for _, r := range s.Session.Journal {
			kinds = append(kinds, r.Type)
		}
		require.Contains(t, kinds, "agent_configured")
		require.NotContains(t, kinds, "agent_configure_failed")
	})
	t.Run("options that were set are set again", func(t *testing.T) {
		s := configurable(t)
		answers(s, sets(s, "web", `false`), "")
		s.Host.SaveSnapshot(t)
		s.Crash()
		s.DeliverAll()
		require.Len(t, s.HostState().Chosen, 1)
	})
}

func TestState_lists_of_options_are_bounded(t *testing.T) {
	s := configurable(t)
	for i := range 200 {
		c := rules.OptionChange{ID: time.Duration(i).String(), OptionID: time.Duration(i).String(), Value: json.RawMessage(`"v"`)}
		s.Do(s.Host, rules.Configure{Change: c, Shared: s.Session.ID})
	}
	require.Len(t, s.HostState().Changes, 2*rules.MaxChanges)
	for _, c := range s.Agent.Changes {
		s.AgentReports(rules.AgentConfigured{RequestID: c.RequestID})
	}
	s.DeliverAll()
	require.Empty(t, s.HostState().Changes)
	require.Len(t, s.HostState().Chosen, 64)
	require.Len(t, s.HostState().SettledChanges, 32)
	require.Empty(t, s.State.Changes)
}
