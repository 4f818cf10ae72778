package agent_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

// ready2 launches the fake agent in version 2, and drops what it says before its first
// turn.
func ready2(t *testing.T) *running {
	t.Helper()
	return ready(t, fake("version 2"))
}

// texts returns the texts of the fake's notes among notifications.
func texts(t *testing.T, notifications []string) (texts []string) {
	t.Helper()
	for _, raw := range notifications {
		var n struct {
			Params struct{ Update struct{ Text string } }
		}
		decode(t, raw, &n)
		if text := n.Params.Update.Text; text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

func TestVersion2_a_turn_ends_with_the_first_idle_state_after_the_answer(t *testing.T) {
	t.Parallel()
	r := ready2(t)
	said, end := r.turn("hello")
	require.NoError(t, end.Err)
	require.Equal(t, "end_turn", end.StopReason)
	require.Equal(t, []string{"hello"}, texts(t, said))
	require.Contains(t, said[len(said)-1], `"state":"idle"`, "the end follows the update that is the end")

	said, end = r.turn("after")
	require.Equal(t, "max_tokens", end.StopReason, "an idle state before the answer ends other work")
	require.Equal(t, []string{"after"}, texts(t, said))
}

func TestVersion2_a_turn_ends_with_a_late_answer(t *testing.T) {
	t.Parallel()
	said, end := ready2(t).turn("late")
	require.Equal(t, "end_turn", end.StopReason)
	require.Equal(t, []string{"late"}, texts(t, said))
}

func TestVersion2_a_refused_prompt_ends_its_turn_but_not_other_work(t *testing.T) {
	t.Parallel()
	r := ready2(t)
	_, end := r.turn("refuse -32603")
	require.ErrorContains(t, end.Err, "No")
	await[rules.AgentTurnBegan](r)
	own, said := await[rules.AgentTurnEnded](r)
	require.Empty(t, own.Turn)
	require.Equal(t, []string{"other work"}, texts(t, said))

	_, end = r.turn("refuse -32800")
	require.NoError(t, end.Err)
	require.Equal(t, "cancelled", end.StopReason)
}

func TestVersion2_a_turn_can_be_cancelled(t *testing.T) {
	t.Parallel()
	r := ready2(t)
	r.prompt("cancel")
	for {
		if n, ok := r.next().(rules.AgentNotification); ok && strings.Contains(string(n.Raw), "working") {
			break
		}
	}
	r.Cancel()
	end, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, "cancelled", end.StopReason)
	require.Equal(t, []string{"session/cancel"}, texts(t, said))
}

func TestVersion2_the_agent_may_work_without_a_prompt(t *testing.T) {
	t.Parallel()
	s := fake("version 2")
	facts := make(chan protocol.AgentFacts, 100) // sent to by the sink
	s.sink = func(e rules.AgentEvent) {
		if updated, ok := e.(rules.AgentUpdated); ok && updated.Facts.Background != nil {
			facts <- updated.Facts
		}
	}
	r := ready(t, s)
	r.turn("own")
	await[rules.AgentTurnBegan](r)
	require.Equal(t, []protocol.BackgroundWork{{Type: "terminal", TerminalID: "t1"}, {Type: "_other"}}, (<-facts).Background)
	r.Cancel()
	end, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, rules.AgentTurnEnded{StopReason: "cancelled"}, end)
	require.Equal(t, []string{"own work", "session/cancel"}, texts(t, said))
	require.Empty(t, (<-facts).Background)
}

func TestVersion2_questions_may_be_about_anything(t *testing.T) {
	t.Parallel()
	const options = `"options":[{"optionId":"yes","name":"Yes","kind":"allow_once"}]`
	r := ready2(t)
	for name, test := range map[string]struct{ params, call string }{
		"a tool call":       {`"title":"Run it?","description":"because","subject":{"type":"tool_call","toolCall":{"toolCallId":"c","big":12345678901234567890}}`, `{"toolCallId":"c","big":12345678901234567890}`},
		"a command":         {`"title":"Run it?","description":"because","subject":{"type":"command","command":"rm -r <x>","cwd":"/","toolCallId":"c"}`, `{"toolCallId":"c","title":"Run it?","kind":"execute","rawInput":{"type":"command","command":"rm -r <x>","cwd":"/","toolCallId":"c"}}`},
		"something unknown": {`"title":"Run it?","description":"because","subject":{"type":"_x","n":1}`, `{"toolCallId":"","title":"Run it?","rawInput":{"type":"_x","n":1}}`},
		"nothing":           {`"title":"Run it?","description":"because","subject":null`, `{"toolCallId":"","title":"Run it?"}`},
	} {
		r.prompt(`ask {"sessionId":"fake-1",` + test.params + `,` + options + `}`)
		asked, _ := await[rules.AgentPermission](r)
		require.Equal(t, test.call, string(asked.ToolCall), name)
		require.Equal(t, "Run it?", asked.Title, name)
		require.Equal(t, "because", asked.Description, name)
		r.Respond(asked.RequestID, "yes")
		_, said := await[rules.AgentTurnEnded](r)
		require.Equal(t, []string{`5: {"outcome":{"outcome":"selected","optionId":"yes"}}`}, texts(t, said), name)
	}
	for _, params := range []string{`7`, `{}`, `{"title":"x"}`, `{` + options + `}`, `{"title":"x","options":[]}`,
		`{"title":"x","subject":{"type":"tool_call"},` + options + `}`, `{"title":7,` + options + `}`,
		`{"title":"x","subject":{"type":"command","command":["ls"]},` + options + `}`} {
		said, _ := r.turn("ask " + params)
		require.Contains(t, texts(t, said)[0], `"code":-32602`, params)
	}
}

func TestVersion2_stops_what_the_agent_offers_to_stop(t *testing.T) {
	t.Parallel()
	r := ready2(t)
	begin := func(answer string) {
		r.prompt("stoppable " + answer)
		for {
			if n, ok := r.next().(rules.AgentNotification); ok && strings.Contains(string(n.Raw), `"ready"`) {
				return
			}
		}
	}
	begin(`"result":{}`)
	require.ErrorContains(t, r.StopWork(rules.Work{ToolCallID: "c2"}), "does not offer")
	require.ErrorContains(t, r.StopWork(rules.Work{ToolCallID: "t1"}), "does not offer")
	require.NoError(t, r.StopWork(rules.Work{ToolCallID: "c1"}))
	_, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, []string{"tool_call/cancel c1"}, texts(t, said))

	begin(`"error":{"code":-32602,"message":"It has exited"}`)
	require.NoError(t, r.StopWork(rules.Work{TerminalID: "t1"}))
	refused, said := await[rules.AgentStopRefused](r)
	require.Equal(t, rules.Work{TerminalID: "t1"}, refused.Work)
	require.Contains(t, refused.Reason, "It has exited")
	require.Equal(t, []string{"terminal/cancel t1"}, texts(t, said))
}

func TestVersion2_members_of_the_wrong_type_count_as_missing(t *testing.T) {
	t.Parallel()
	r := ready2(t)
	for _, update := range []string{`"state_update"`, `"state_update","state":7`, `"state_update","state":"dozing"`,
		`"state_update","state":"idle","stopReason":[1],"background":7`, `"tool_call_update","toolCallId":{},"capabilities":7`,
		`"terminal_update","terminalId":"` + strings.Repeat("x", 5000) + `","capabilities":{"cancel":{}}`, `"user_message","messageId":null`} {
		_, end := r.turn("malformed " + update)
		require.NoError(t, end.Err, update)
		if strings.Contains(update, `"idle"`) {
			continue // that was the end
		}
		require.Empty(t, end.StopReason, update)
	}
}

func TestVersion2_resumes_a_session_without_a_replay(t *testing.T) {
	t.Parallel()
	s := fake("version 2")
	s.spec.Load = "fake-1"
	r := s.launch(t)
	require.NoError(t, r.LoadError())
	require.True(t, r.CanLoad())
	_, said := await[rules.AgentTurnBegan](r)
	require.Equal(t, []string{"before the answer"}, texts(t, said))
	end, _ := await[rules.AgentTurnEnded](r)
	require.Empty(t, end.Turn)
}

func TestVersion2_sets_options_with_their_type(t *testing.T) {
	t.Parallel()
	r := ready2(t)
	for value, want := range map[string]string{`"a"`: `id "a"`, `true`: `boolean true`} {
		r.Configure("q", "o", json.RawMessage(value))
		_, said := await[rules.AgentConfigured](r)
		require.Equal(t, []string{want}, texts(t, said))
	}
}

func TestVersions_are_negotiated(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		behaviour string
		newest    int
	}{
		"an agent that answers with version 1":        {"", 2},
		"an agent that refuses version 2":             {"knows no version 2", 2},
		"an agent of version 2 when it is turned off": {"version 2", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fake(test.behaviour)
			s.options.ProtocolVersion = test.newest
			r := s.launch(t)
			require.ErrorContains(t, r.StopWork(rules.Work{ToolCallID: "c"}), "only cancel a whole turn")
		})
	}
	_, err := fake("only version 3").try(t)
	require.ErrorIs(t, err, rules.ErrAgentFailed)
	require.ErrorContains(t, err, "supports only version 3 of the Agent Client Protocol; Parley speaks the versions 1 and 2")
}

func TestVersion2_a_turn_fails_with_the_error_of_the_idle_state(t *testing.T) {
	t.Parallel()
	r := ready2(t)
	_, end := r.turn(`break {"code":-32603,"message":"Internal error","data":{"details":"Quota exceeded"}}`)
	require.EqualError(t, end.Err, "Internal error: Quota exceeded")
	_, end = r.turn(`break {"code":-32000,"message":"Authentication required"}`)
	require.ErrorIs(t, end.Err, rules.ErrAuthRequired)
	for _, missing := range []string{"null", "7"} {
		_, end = r.turn("break " + missing)
		require.EqualError(t, end.Err, "the agent reports an error, and does not say which")
	}
	_, end = r.turn("hello")
	require.NoError(t, end.Err)
}
