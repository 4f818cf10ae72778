package join

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
)

// configurable returns a room whose agent has options.
func configurable() *room {
	r := newRoom()
	r.agent.ConfigOptions = []protocol.ConfigOption{
		{ID: "model", Name: "Model", Category: protocol.CategoryModel, Type: "select", CurrentValue: json.RawMessage(`"o1"`), OptionTotal: 3,
			Options: []protocol.ConfigValue{{Value: "o1", Name: "Opus"}, {Value: "s", Name: "Sonnet"}, {Value: "s2", Name: "sonnet"}}},
		{ID: "mode", Name: "Mode\x1b[2J", Category: protocol.CategoryMode, Type: "select", CurrentValue: json.RawMessage(`"ask"`), OptionTotal: 900,
			Options: []protocol.ConfigValue{{Value: "ask", Name: "Ask"}, {Value: "auto", Name: "Auto", AsksNobody: true}}},
		{ID: "thought level", Name: "Effort", Type: "boolean", CurrentValue: json.RawMessage(`true`)},
	}
	return r
}

func TestSet_understands_ids_and_names(t *testing.T) {
	for text, want := range map[string]struct {
		option string
		value  any // an error if it is a type error
		err    string
	}{
		"model o1":          {option: "model", value: "o1"},
		"MODEL opus":        {option: "model", value: "o1"},
		"model  s":          {option: "model", value: "s"},
		"mode auto":         {option: "mode", value: "auto"},
		"mode other":        {option: "mode", value: "other"}, // the list is not complete
		"thought level off": {option: "thought level", value: false},
		"effort ON":         {option: "thought level", value: true},
		"model sonnet":      {err: "use one of: s, s2"},
		"model gpt":         {err: "takes one of: o1 (Opus), s (Sonnet), s2 (sonnet)"},
		"model":             {err: "takes one of"},
		"models o1":         {err: "no option"},
		"effort maybe":      {err: "is on or off"},
	} {
		t.Run(text, func(t *testing.T) {
			o, rest, err := configurable().findOption(text)
			var value any
			if err == nil {
				value, err = parseValue(o, rest)
			}
			if want.err != "" {
				require.ErrorContains(t, err, want.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, want.option, o.ID)
			require.Equal(t, want.value, value)
		})
	}
}

func TestScreen_lists_the_options(t *testing.T) {
	var out strings.Builder
	newScreen(&out, false, ledger.New()).options(configurable())
	require.Contains(t, out.String(), "* model (Model) is Opus; values: o1 (Opus), s (Sonnet), s2 (sonnet)\n")
	require.Contains(t, out.String(), "auto (Auto) (never asks for permission), and 898 more\n")
	require.Contains(t, out.String(), "* thought level (Effort) is on; values: on, off\n")
	require.NotContains(t, out.String(), "\x1b")
}

func TestScreen_shows_changes_of_options(t *testing.T) {
	ada := protocol.Participant{ID: "1", UserID: "ada"}
	model, null := json.RawMessage(`"o1"`), json.RawMessage(`null`)
	for want, p := range map[string]protocol.Payload{
		"* ada is setting Model to Opus\n":                              &protocol.AgentConfiguring{OptionID: "model", Value: model, Participant: ada},
		"* ada set Model to Opus\n":                                     &protocol.AgentConfigured{OptionID: "model", Value: model, Participant: ada},
		"* ada set gone to o1\n":                                        &protocol.AgentConfigured{OptionID: "gone", Value: model, Participant: ada},
		"* ada no longer sets Model\n":                                  &protocol.AgentConfigured{OptionID: "model", Value: null, Participant: ada},
		"* the agent did not set Model to Opus, as ada asked: no\n":     &protocol.AgentConfigureFailed{OptionID: "model", Value: model, Participant: ada, Reason: "no"},
		"! prompts wait, because the agent refuses its mode (no); the ": &protocol.AgentConfigureFailed{OptionID: "mode", Value: model, Participant: ada, Reason: "no", PromptsWait: true},
	} {
		var out strings.Builder
		r, s := configurable(), newScreen(&out, false, ledger.New())
		s.event(r, &protocol.Event{Payload: p})
		require.Contains(t, out.String(), want)
		require.NotContains(t, out.String(), "\x1b")
	}
}

func TestRoom_remembers_a_refused_mode_until_the_host_decides(t *testing.T) {
	for name, end := range map[string]protocol.Payload{
		"by setting a mode": &protocol.AgentConfigured{OptionID: "mode", Value: json.RawMessage(`"auto"`)},
		"by forgetting it":  &protocol.AgentConfigured{OptionID: "mode", Value: json.RawMessage(`null`)},
		"by ending":         &protocol.AgentStatusChanged{Status: protocol.AgentExited},
	} {
		t.Run(name, func(t *testing.T) {
			r := configurable()
			r.applyAgent(&protocol.AgentConfigureFailed{OptionID: "mode", PromptsWait: true})
			r.applyAgent(&protocol.AgentConfigured{OptionID: "model"})
			require.NotNil(t, r.agent.RefusedMode)
			r.applyAgent(end)
			require.Nil(t, r.agent.RefusedMode)
		})
	}
}
