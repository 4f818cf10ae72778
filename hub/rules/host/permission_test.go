package host_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// asks returns a permission request of the agent.
func asks(id string, options ...rules.AgentOption) rules.AgentPermission {
	return rules.AgentPermission{RequestID: id, Options: rules.RawJSON(options), Choices: options}
}

func TestState_permission_policies(t *testing.T) {
	cases := []struct {
		name    string
		policy  protocol.PermissionPolicy
		options []rules.AgentOption
		answer  string // of the policy
		asked   bool   // the participants decide
	}{
		{"ask sends the request to the participants", protocol.PermissionsAsk, usual, "", true},
		{"allow selects allow_once", protocol.PermissionsAllow, usual, "yes", false},
		{"allow never selects allow_always", protocol.PermissionsAllow, usual[:1], "", true},
		{"reject prefers reject_once", protocol.PermissionsReject, usual, "no", false},
		{"reject selects reject_always if there is no reject_once", protocol.PermissionsReject, usual[:3], "never", false},
		{"reject cancels the request if there is no option to reject it", protocol.PermissionsReject, usual[:2], "", false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			s.HostState().Session.Permissions = tc.policy
			s.RunPrompt()
			d := s.Do(s.Host, host.AgentReported{Event: asks("q", tc.options...)})
			require.Len(t, rulestest.MessagesOf[rules.QuestionAsked](d), 1, "the participants see every request")
			if tc.asked {
				require.Empty(t, rulestest.MessagesOf[host.AnswerAgent](d))
				return
			}
			require.Equal(t, []host.AnswerAgent{{RequestID: "q", OptionID: tc.answer}}, rulestest.MessagesOf[host.AnswerAgent](d))
			require.Equal(t, protocol.SourcePolicy, rulestest.MessagesOf[rules.QuestionResolved](d)[0].Resolved.(*protocol.PermissionResolved).Source)
		})
	}
}

func TestState_accepts_the_first_answer_to_a_permission_request(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(asks("q", usual...))
	d := s.Do(s.Host, rules.QuestionAnswer{RequestID: "q", OptionID: "yes", By: s.Owner(), Shared: s.Session.ID})
	require.Equal(t, []host.AnswerAgent{{RequestID: "q", OptionID: "yes"}}, rulestest.MessagesOf[host.AnswerAgent](d))
	d = s.Do(s.Host, rules.QuestionAnswer{RequestID: "q", OptionID: "no", By: s.Owner(), Shared: s.Session.ID})
	require.Empty(t, rulestest.MessagesOf[host.AnswerAgent](d))
	require.Empty(t, d.Events)
}

func TestState_rejects_a_permission_request_after_its_timeout(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(asks("q", usual...))
	require.Equal(t, s.Now.Add(30*time.Minute), s.HostState().Due())
	s.Now = s.Now.Add(30 * time.Minute)
	require.Equal(t, []host.AnswerAgent{{RequestID: "q", OptionID: "no"}}, rulestest.MessagesOf[host.AnswerAgent](s.Do(s.Host, rules.Tick{})))
}

func TestState_withdraws_a_permission_request_on_the_agents_request(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(asks("q", usual...))
	s.AgentReports(rules.AgentWithdrawn{RequestID: "q"})
	s.DeliverAll()
	require.Empty(t, s.State.Permissions)
	require.Equal(t, string(protocol.EventPermissionWithdrawn), s.Session.Journal[len(s.Session.Journal)-1].Type)
}

// usual are options of all kinds.
var usual = []rules.AgentOption{{ID: "always", Kind: "allow_always"}, {ID: "yes", Kind: "allow_once"}, {ID: "never", Kind: "reject_always"}, {ID: "no", Kind: "reject_once"}}
