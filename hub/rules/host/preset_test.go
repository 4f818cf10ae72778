package host_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// preset is a host session whose agent has just started for the first time, with options
// that its configuration sets.
type preset struct {
	s       *rulestest.Fixture
	session *rulestest.Session
	sent    []host.ConfigureAgent // the changes that the agent has received
}

func launchPreset(t *testing.T, defaults ...rules.OptionDefault) *preset {
	s := rulestest.NewFixture(t, rules.Settings{})
	p := &preset{s: s, session: rulestest.NewSession(journal.SessionID{1, 7}, journal.KindHost, s.Host.Settings)}
	p.do(host.Create{Body: &protocol.CreateHostSession{Agent: "mine"}})
	p.do(host.WithFacts{Facts: options(), Body: host.Launched{SessionID: "theirs", Defaults: defaults}})
	return p
}

func (p *preset) do(body rules.Body) rules.Decision {
	switch body.(type) {
	case host.Launched, host.WithFacts:
		p.s.Agent.Ready, p.s.Agent.Turn = true, ""
	}
	d := p.s.Do(p.session, body)
	for _, e := range d.Effects {
		if c, ok := e.(host.ConfigureAgent); ok {
			p.sent = append(p.sent, c)
		}
	}
	return d
}

// answer answers the newest change; with an error unless failure is empty.
func (p *preset) answer(failure string) {
	done := rules.AgentConfigured{RequestID: p.sent[len(p.sent)-1].RequestID}
	if failure != "" {
		done.Err = errors.New(failure)
	}
	p.do(host.AgentReported{Event: done})
}

func (p *preset) state() *host.State { return p.session.State.(*host.State) }

// dispatch sends a prompt, and reports whether the agent receives it.
func (p *preset) dispatch() bool {
	d := p.do(rules.Dispatch{Turn: rules.Turn{Shared: p.s.Session.ID, Approval: "a", Prompt: "go"}})
	return prompts(d)
}

func prompts(d rules.Decision) bool {
	for _, e := range d.Effects {
		if _, ok := e.(host.PromptAgent); ok {
			return true
		}
	}
	return false
}

func value(option, v string) rules.OptionDefault {
	return rules.OptionDefault{Option: option, Value: json.RawMessage(v)}
}

func TestState_sets_the_options_of_the_configuration_before_the_first_prompt(t *testing.T) {
	p := launchPreset(t, value("mode", `"auto"`), value("web", `false`))
	require.Equal(t, "permissions", p.sent[0].OptionID, "the option whose category is mode")
	require.False(t, p.dispatch(), "the prompt waits")
	p.answer("")
	require.Equal(t, "web", p.sent[1].OptionID)
	p.answer("")
	require.NotNil(t, p.state().Running)
	require.Len(t, p.state().Chosen, 2, "they are set again in every later process")
	require.Empty(t, p.state().Session.Facts.Notes)

	p.do(host.AgentReported{Event: rules.AgentExited{}})
	p.do(rules.Dispatch{Turn: rules.Turn{Shared: p.s.Session.ID, Approval: "b", Prompt: "go"}})
	p.sent = nil
	p.do(host.Launched{SessionID: "another", Defaults: []rules.OptionDefault{value("model", `"small"`)}})
	require.Equal(t, "permissions", p.sent[0].OptionID, "what was set first counts, not a changed configuration")
}

func TestState_notes_options_of_the_configuration_that_cannot_be_set(t *testing.T) {
	p := launchPreset(t, value("colour", `"red"`), value("model", `"huge"`))
	require.Equal(t, []string{`The option "colour" is not set, since the agent does not have it.`}, p.state().Session.Facts.Notes)
	p.answer("no such model")
	require.Equal(t, `The option "model" is not set to "huge": no such model.`, p.state().Session.Facts.Notes[1])
	require.True(t, p.dispatch(), "only the mode is worth waiting for")
}

func TestState_prompts_wait_if_the_mode_of_the_configuration_cannot_be_set(t *testing.T) {
	t.Run("since the agent refuses it", func(t *testing.T) {
		p := launchPreset(t, value("mode", `"gone"`))
		p.answer("no such mode")
		require.False(t, p.dispatch())
		require.Len(t, p.state().RefusedModes, 1)
	})
	t.Run("since the agent has no modes", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		p := &preset{s: s, session: rulestest.NewSession(journal.SessionID{1, 7}, journal.KindHost, s.Host.Settings)}
		p.do(host.Create{Body: &protocol.CreateHostSession{Agent: "mine"}})
		p.do(host.Launched{SessionID: "theirs", Defaults: []rules.OptionDefault{value("mode", `"ask"`)}})
		require.False(t, p.dispatch())
		forget := rules.OptionChange{ID: "x", OptionID: "mode", Value: rules.NoValue}
		require.True(t, prompts(p.do(rules.Configure{Change: forget, Shared: s.Session.ID})), "the host decides to go on")
	})
}

func TestState_presets_survive_a_restart(t *testing.T) {
	p := launchPreset(t, value("web", `false`))
	p.answer("")
	restored := p.session.NewState()
	require.NoError(t, restored.Restore([]byte(p.session.EncodedState(t))))
	require.Len(t, restored.(*host.State).Chosen, 1)
	for _, r := range p.session.Journal {
		_, err := restored.Decode(r)
		require.NoError(t, err)
	}
}
