package shared_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

func TestState_checks_a_change_of_an_option(t *testing.T) {
	facts := protocol.AgentFacts{ConfigOptions: []protocol.ConfigOption{
		{ID: "model", Type: "select", CurrentValue: json.RawMessage(`"a"`), Options: []protocol.ConfigValue{{Value: "a"}, {Value: "b"}}, OptionTotal: 2},
		{ID: "many", Type: "select", CurrentValue: json.RawMessage(`"a"`), Options: []protocol.ConfigValue{{Value: "a"}}, OptionTotal: 900},
		{ID: "web", Type: "boolean", CurrentValue: json.RawMessage(`true`)},
		{ID: "shape", Type: "circle", CurrentValue: json.RawMessage(`"a"`)},
	}}
	for name, tc := range map[string]struct {
		option, value string
		status        protocol.AgentStatus
		want          protocol.Code
	}{
		"a value that is offered":                     {"model", `"b"`, "", ""},
		"the value that it has":                       {"model", `"a"`, "", ""},
		"a value that is not offered":                 {"model", `"c"`, "", protocol.CodeInvalidRequest},
		"a boolean for a choice":                      {"model", `true`, "", protocol.CodeInvalidRequest},
		"a value of a list that is not known in full": {"many", `"z"`, "", ""},
		"a boolean":                             {"web", `false`, "", ""},
		"a string for a boolean":                {"web", `"false"`, "", protocol.CodeInvalidRequest},
		"an option of an unknown type":          {"shape", `"a"`, "", protocol.CodeInvalidRequest},
		"an unknown option":                     {"none", `"a"`, "", protocol.CodeInvalidRequest},
		"while the agent starts":                {"model", `"b"`, protocol.AgentStarting, protocol.CodeAgentUnavailable},
		"while the agent ends":                  {"model", `"b"`, protocol.AgentEnding, protocol.CodeAgentUnavailable},
		"without an agent":                      {"model", `"b"`, protocol.AgentExited, protocol.CodeAgentUnavailable},
		"while the agent does not respond":      {"model", `"b"`, protocol.AgentUnresponsive, ""},
		"to forget it, without an agent":        {"model", ``, protocol.AgentExited, ""},
		"to forget an option that is not known": {"none", ``, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			s.Do(s.Session, rules.AgentFactsChanged{Facts: facts})
			if tc.status != "" {
				s.Do(s.Session, rules.AgentChanged{Status: protocol.AgentStatusChanged{Status: tc.status}})
			}
			c := &protocol.Configure{OptionID: tc.option, Value: json.RawMessage(tc.value), Forget: tc.value == ""}
			require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(s.Join("ben", ""), c).Err))
			d := s.SendWithID(s.Owner(), "once", c)
			require.Equal(t, tc.want, rulestest.ErrorCode(d.Err))
			if tc.want != "" {
				require.Empty(t, d.Events)
				return
			}
			require.Equal(t, []protocol.EventType{protocol.EventAgentConfiguring}, rulestest.EventTypes(d))
			again := s.SendWithID(s.Owner(), "once", c)
			require.NotZero(t, again.Replay, "the same command is not carried out twice")
			require.Equal(t, protocol.CodeTooManyPending, rulestest.ErrorCode(s.Send(s.Owner(), c).Err), "one change of an option at a time")
		})
	}
}

func TestState_keeps_a_bounded_number_of_changes(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	for i := range rules.MaxChanges + 10 {
		c := rules.OptionChange{ID: string(rune('a' + i)), OptionID: string(rune('a' + i)), Value: rules.NoValue}
		s.Do(s.Session, rules.ConfigureBegan{Change: c})
		s.Do(s.Session, rules.ConfigureBegan{Change: c})
	}
	require.Len(t, s.State.Changes, rules.MaxChanges)
	err := s.Send(s.Owner(), &protocol.Configure{OptionID: "more", Forget: true}).Err
	require.Equal(t, protocol.CodeTooManyPending, rulestest.ErrorCode(err))
	require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
	require.Empty(t, s.State.Changes)
}
