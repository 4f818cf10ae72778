package host_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// elicits returns a request for input in URL mode.
func elicits(id string) rules.AgentElicitation {
	return rules.AgentElicitation{URL: "https://a.b/secret", Elicitation: protocol.Elicitation{
		RequestID: id, Mode: protocol.ElicitationModeURL, Message: "sign in", Target: "https://a.b"}}
}

func accepts(s *rulestest.Fixture, id string) rules.QuestionAnswer {
	return rules.QuestionAnswer{RequestID: id, Action: protocol.ElicitationAccept, By: s.Owner(), Shared: s.Session.ID}
}

// replies returns the answers to elicitations that a decision sends to the agent.
func replies(d rules.Decision) map[string]rules.ElicitationReply {
	sent := map[string]rules.ElicitationReply{}
	for _, e := range rulestest.MessagesOf[host.AnswerElicitation](d) {
		sent[e.RequestID] = e.Reply
	}
	return sent
}

var cancelled = rules.ElicitationReply{Action: protocol.ElicitationCancel}

func TestState_accepts_the_first_answer_to_an_elicitation(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.AgentReports(elicits("q"))
	d := s.Do(s.Host, accepts(s, "q"))
	require.Equal(t, map[string]rules.ElicitationReply{"q": {Action: protocol.ElicitationAccept}}, replies(d))
	require.Equal(t, "https://a.b/secret", rulestest.MessagesOf[rules.QuestionResolved](d)[0].URL)
	d = s.Do(s.Host, accepts(s, "q"))
	require.Empty(t, d.Effects, "the outcome is on its way")
	require.Empty(t, d.Events)
}

func TestState_keeps_an_accepted_page_until_it_is_finished(t *testing.T) {
	for name, tc := range map[string]struct {
		end  func(*rulestest.Fixture)
		want protocol.EventType
	}{
		"the agent reports it": {func(s *rulestest.Fixture) { s.AgentReports(rules.AgentElicitationCompleted{RequestID: "q"}) }, protocol.EventElicitationCompleted},
		"the turn ends":        {func(s *rulestest.Fixture) { s.AgentReports(rules.AgentTurnEnded{Turn: s.Agent.Turn}) }, protocol.EventElicitationWithdrawn},
		"the agent ends":       {func(s *rulestest.Fixture) { s.AgentReports(rules.AgentExited{}) }, protocol.EventElicitationWithdrawn},
		"nobody finishes it": {func(s *rulestest.Fixture) {
			s.Now = s.Now.Add(30 * time.Minute)
			require.Empty(s.T, replies(s.Do(s.Host, rules.Tick{})), "the agent has its answer")
		}, protocol.EventElicitationWithdrawn},
	} {
		t.Run(name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			s.RunPrompt()
			s.AgentReports(elicits("q"))
			s.Do(s.Host, accepts(s, "q"))
			s.DeliverAll()
			require.Equal(t, s.Owner().ID, s.State.Elicitations[0].AcceptedBy.ID)
			tc.end(s)
			s.DeliverAll()
			require.Empty(t, s.State.Elicitations)
			require.Empty(t, s.HostState().Questions)
			var types []string
			for _, r := range s.Session.Journal {
				types = append(types, r.Type)
			}
			require.Contains(t, types, string(tc.want))
		})
	}
}

func TestState_ends_a_pending_elicitation(t *testing.T) {
	for name, tc := range map[string]struct {
		end  func(*rulestest.Fixture) rules.Decision
		want map[string]rules.ElicitationReply
	}{
		"when the turn is cancelled": {func(s *rulestest.Fixture) rules.Decision { return s.Do(s.Host, host.Cancel{}) }, map[string]rules.ElicitationReply{"q": cancelled}},
		"after the timeout": {func(s *rulestest.Fixture) rules.Decision {
			s.Now = s.Now.Add(30 * time.Minute)
			return s.Do(s.Host, rules.Tick{})
		}, map[string]rules.ElicitationReply{"q": cancelled}},
		"when the agent withdraws it": {func(s *rulestest.Fixture) rules.Decision {
			return s.Do(s.Host, host.AgentReported{Event: rules.AgentWithdrawn{RequestID: "q"}})
		}, map[string]rules.ElicitationReply{}},
		"when the server restarts": {func(s *rulestest.Fixture) rules.Decision {
			return s.Do(s.Host, rules.Loaded{})
		}, map[string]rules.ElicitationReply{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			s.RunPrompt()
			s.AgentReports(elicits("q"))
			s.DeliverAll()
			require.Len(t, s.State.Elicitations, 1)
			require.Equal(t, tc.want, replies(tc.end(s)))
			s.DeliverAll()
			require.Empty(t, s.State.Elicitations)
		})
	}
}

func TestState_answers_an_elicitation_that_nobody_can_answer(t *testing.T) {
	t.Run("in a turn that is being cancelled", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.RunPrompt()
		s.Do(s.Host, host.Cancel{})
		d := s.Do(s.Host, host.AgentReported{Event: elicits("late")})
		require.Equal(t, map[string]rules.ElicitationReply{"late": cancelled}, replies(d))
		require.Empty(t, d.Events)
	})
	t.Run("while no shared session is open", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		s.DeliverAll()
		d := s.Do(s.Host, host.AgentReported{Event: elicits("q")})
		require.NotEmpty(t, replies(d)["q"].Refusal)
		require.Empty(t, d.Events)
	})
}

// The journal of a host session has the URL, since the person who accepts receives it after
// the server has loaded the session again, and never what people fill in.
func TestState_no_event_has_the_content_of_a_form(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	form := &protocol.ElicitationForm{Fields: []protocol.FormField{{Name: "pin", Type: protocol.FieldString}}}
	s.AgentReports(rules.AgentElicitation{Elicitation: protocol.Elicitation{RequestID: "q", Mode: protocol.ElicitationModeForm, Form: form}})
	answer := accepts(s, "q")
	answer.Content = json.RawMessage(`{"pin":"hunter2"}`)
	require.Equal(t, `{"pin":"hunter2"}`, string(replies(s.Do(s.Host, answer))["q"].Content))
	for _, r := range s.Host.Journal {
		require.NotContains(t, string(r.Public)+string(r.Private), "hunter2", r.Type)
	}
	require.NotContains(t, string(rules.RawJSON(s.HostState())), "hunter2")
}
