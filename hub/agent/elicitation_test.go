package agent_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

const (
	formParams = `{"sessionId":"fake-1","toolCallId":"call-1","mode":"form","message":"Which <one>?","requestedSchema":{"type":"object","properties":{"a":{"type":"string"}}}}`
	pageParams = `{"sessionId":"fake-1","mode":"url","message":"Sign in","elicitationId":"e1","url":"https://Example.org/a?b=c"}`
)

func TestElicitation_of_a_form_is_answered_with_its_content(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for want, reply := range map[string]rules.ElicitationReply{
		`{"action":"accept","content":{"a":"<b>"}}`: {Action: protocol.ElicitationAccept, Content: json.RawMessage(`{"a":"<b>"}`)},
		`{"action":"decline"}`:                      {Action: protocol.ElicitationDecline},
		`{"action":"cancel"}`:                       {Action: protocol.ElicitationCancel},
		`{"code":-32603,"message":"nobody"}`:        {Refusal: "nobody"},
	} {
		r.prompt("elicit " + formParams)
		asked, _ := await[rules.AgentElicitation](r)
		require.NotEmpty(t, asked.Elicitation.RequestID)
		require.Equal(t, protocol.Elicitation{
			RequestID: asked.Elicitation.RequestID, Mode: protocol.ElicitationModeForm, Message: "Which <one>?", ToolCallID: "call-1",
			Form: &protocol.ElicitationForm{Fields: []protocol.FormField{{Name: "a", Type: protocol.FieldString}}},
		}, asked.Elicitation)
		r.Answer(asked.Elicitation.RequestID, reply)
		r.Answer(asked.Elicitation.RequestID, rules.ElicitationReply{Action: protocol.ElicitationCancel}) // too late
		_, said := await[rules.AgentTurnEnded](r)
		require.Equal(t, []string{r.note(want)}, said)
	}
}

func TestElicitation_of_a_page_hides_its_address(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("elicit " + pageParams)
	asked, _ := await[rules.AgentElicitation](r)
	require.Equal(t, "https://Example.org/a?b=c", asked.URL)
	require.Equal(t, "https://example.org", asked.Elicitation.Target)
	require.Nil(t, asked.Elicitation.Form)
	r.Answer(asked.Elicitation.RequestID, rules.ElicitationReply{Action: protocol.ElicitationAccept})
	_, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, []string{r.note(`{"action":"accept"}`)}, said)
}

func TestElicitation_completion_names_the_accepted_page(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	const complete = `{"jsonrpc":"2.0","method":"elicitation/complete","params":{"elicitationId":"e1"}}`
	r.prompt("elicit-then " + pageParams + "\n" + complete)
	asked, _ := await[rules.AgentElicitation](r)
	withdrawn, _ := await[rules.AgentWithdrawn](r)
	require.Equal(t, asked.Elicitation.RequestID, withdrawn.RequestID, "nobody has accepted it")
	_, said := await[rules.AgentTurnEnded](r)
	require.Equal(t, []string{r.note(`{"action":"cancel"}`)}, said)

	r.prompt("pages 1")
	asked, _ = await[rules.AgentElicitation](r)
	r.Answer(asked.Elicitation.RequestID, rules.ElicitationReply{Action: protocol.ElicitationAccept})
	completed, _ := await[rules.AgentElicitationCompleted](r)
	require.Equal(t, asked.Elicitation.RequestID, completed.RequestID)
	await[rules.AgentTurnEnded](r)

	_, end := r.turn("say-line " + complete)
	require.NoError(t, end.Err, "a repeated completion is ignored")
}

func TestElicitation_can_be_withdrawn_by_the_agent(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for range 2 { // the id of the page is free again
		r.prompt("elicit-then " + pageParams + "\n" + `{"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":9}}`)
		asked, _ := await[rules.AgentElicitation](r)
		withdrawn, _ := await[rules.AgentWithdrawn](r)
		require.Equal(t, asked.Elicitation.RequestID, withdrawn.RequestID)
		_, said := await[rules.AgentTurnEnded](r)
		require.Equal(t, []string{r.note(`{"action":"cancel"}`)}, said)
	}
}

func TestElicitation_that_cannot_be_shown_is_refused_and_reported(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for name, params := range map[string]string{
		"no mode":              `{"sessionId":"fake-1","message":"m"}`,
		"a mode of the future": `{"sessionId":"fake-1","message":"m","mode":"_voice"}`,
		"no scope":             `{"message":"m","mode":"form","requestedSchema":{}}`,
		"another session":      `{"sessionId":"fake-2","message":"m","mode":"form","requestedSchema":{}}`,
		"no message":           `{"sessionId":"fake-1","mode":"form","requestedSchema":{}}`,
		"a long message":       fmt.Sprintf(`{"sessionId":"fake-1","mode":"form","requestedSchema":{},"message":%q}`, strings.Repeat("m", protocol.MaxElicitationMessage+1)),
		"no schema":            `{"sessionId":"fake-1","mode":"form","message":"m"}`,
		"a nested form":        `{"sessionId":"fake-1","mode":"form","message":"m","requestedSchema":{"properties":{"a":{"type":"object"}}}}`,
		"no id of a page":      `{"sessionId":"fake-1","mode":"url","message":"m","url":"https://a.b/"}`,
		"a script":             `{"sessionId":"fake-1","mode":"url","message":"m","elicitationId":"e","url":"javascript:alert(1)"}`,
		"a misleading host":    `{"sessionId":"fake-1","mode":"url","message":"m","elicitationId":"e","url":"https://good.org@evil.org/"}`,
		"a long tool call id":  fmt.Sprintf(`{"sessionId":"fake-1","mode":"form","message":"m","requestedSchema":{},"toolCallId":%q}`, strings.Repeat("t", 257)),
	} {
		t.Run(name, func(t *testing.T) {
			r.prompt("elicit " + params)
			refused, _ := await[rules.AgentElicitationRefused](r)
			require.NotEmpty(t, refused.Refused.Reason)
			require.LessOrEqual(t, len(refused.Refused.Message), 1100)
			_, said := await[rules.AgentTurnEnded](r)
			require.Contains(t, said[0], `{\"code\":-32602,`)
		})
	}
}

func TestElicitation_pages_that_are_not_finished_are_bounded(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	r.prompt("pages 65")
	for range 64 {
		asked, _ := await[rules.AgentElicitation](r)
		r.Answer(asked.Elicitation.RequestID, rules.ElicitationReply{Action: protocol.ElicitationAccept})
	}
	refused, _ := await[rules.AgentElicitationRefused](r)
	require.Contains(t, refused.Refused.Reason, "too many pages")
	for range 64 {
		await[rules.AgentElicitationCompleted](r)
	}
	await[rules.AgentTurnEnded](r)
	r.prompt("elicit " + strings.Replace(pageParams, `"e1"`, `"page-0"`, 1))
	asked, _ := await[rules.AgentElicitation](r)
	r.Answer(asked.Elicitation.RequestID, rules.ElicitationReply{Action: protocol.ElicitationDecline})
	await[rules.AgentTurnEnded](r)
}

// An agent may ask before its session exists, and the answer reaches it while it starts. The
// time to start begins anew meanwhile.
func TestElicitation_while_the_agent_starts(t *testing.T) {
	t.Parallel()
	s := fake("asks before it starts")
	var answer func(string, rules.ElicitationReply)
	var asked *protocol.Elicitation
	s.sink = func(e rules.AgentEvent) {
		switch e := e.(type) {
		case rules.AgentReachable:
			answer = e.Answer
		case rules.AgentElicitation:
			asked = &e.Elicitation
			answer(e.Elicitation.RequestID, rules.ElicitationReply{Action: protocol.ElicitationAccept, Content: json.RawMessage(`{"a":"b"}`)})
		}
	}
	s.launch(t)
	require.NotNil(t, asked)
	require.Equal(t, "Which account?", asked.Message)
}
