//go:build unix

package agent_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/agenttest"
	"parley/hub/rules"
	"parley/protocol"
)

// sdk2 returns a setup for the SDK's agent of version 2, and the file in which its output
// is recorded.
func sdk2(t *testing.T) (s setup, record string) {
	s = fake("")
	record = filepath.Join(t.TempDir(), "out")
	s.profile.Command = append([]string{"sh", "-c", `"$1" "$2" | tee "$0"`, record}, agenttest.SDKVersion2(t)...)
	s.profile.Env = map[string]string{"MEMORY": t.TempDir()}
	return s, record
}

// said returns the texts of the agent's messages among notifications.
func said(t *testing.T, notifications []string) (texts []string) {
	t.Helper()
	for _, raw := range notifications {
		var n struct {
			Params struct {
				Update struct {
					SessionUpdate string
					Content       json.RawMessage
				}
			}
		}
		decode(t, raw, &n)
		if n.Params.Update.SessionUpdate == "agent_message_chunk" {
			var block struct{ Text string }
			decode(t, string(n.Params.Update.Content), &block)
			texts = append(texts, block.Text)
		}
	}
	return texts
}

func TestSDKVersion2_answers_prompts_and_asks_questions(t *testing.T) {
	t.Parallel()
	s, record := sdk2(t)
	r := s.launch(t)
	require.True(t, r.CanLoad())
	heard, end := r.turn("hello")
	require.NoError(t, end.Err)
	require.Equal(t, "end_turn", end.StopReason)
	require.Equal(t, []string{"You said: hello"}, said(t, heard))

	r.prompt("ask")
	asked, before := await[rules.AgentPermission](r)
	require.Equal(t, "Run the tests?", asked.Title)
	require.Equal(t, "They take a minute.", asked.Description)
	require.Contains(t, string(asked.ToolCall), `"rawInput":{"command":"make test"}`)
	r.Respond(asked.RequestID, "no")
	_, after := await[rules.AgentTurnEnded](r)
	require.Equal(t, []string{"The answer is no."}, said(t, after))
	r.stop()
	require.Equal(t, written(t, record, r), append(append(heard, before...), after...))
}

func TestSDKVersion2_is_cancelled_and_continues(t *testing.T) {
	t.Parallel()
	s, _ := sdk2(t)
	r := s.launch(t)
	r.prompt("wait")
	for {
		if n, ok := r.next().(rules.AgentNotification); ok && len(said(t, []string{string(n.Raw)})) > 0 {
			break
		}
	}
	r.Cancel()
	end, _ := await[rules.AgentTurnEnded](r)
	require.Equal(t, "cancelled", end.StopReason)
	_, end = r.turn("hello")
	require.Equal(t, "end_turn", end.StopReason)
}

func TestSDKVersion2_stops_a_terminal_and_works_without_a_prompt(t *testing.T) {
	t.Parallel()
	s, _ := sdk2(t)
	r := s.launch(t)
	_, end := r.turn("terminal")
	require.Equal(t, "end_turn", end.StopReason)
	require.NoError(t, r.StopWork(rules.Work{TerminalID: "t1"}))
	await[rules.AgentTurnBegan](r)
	own, heard := await[rules.AgentTurnEnded](r)
	require.Equal(t, rules.AgentTurnEnded{StopReason: "end_turn"}, own)
	require.Equal(t, []string{"The watcher has ended, so I look at what it found."}, said(t, heard))
}

func TestSDKVersion2_resumes_its_session_in_a_new_process(t *testing.T) {
	t.Parallel()
	s, _ := sdk2(t)
	first := s.launch(t)
	first.turn("blue")
	first.stop()
	s.spec.Load = first.SessionID()
	second := s.launch(t)
	require.NoError(t, second.LoadError())
	heard, _ := second.turn("remember")
	require.Equal(t, []string{"I remember: blue, remember"}, said(t, heard))

	s.spec.Load = "unknown"
	third := s.launch(t)
	require.ErrorContains(t, third.LoadError(), "no such session")
}

func TestSDKVersion2_sets_an_option(t *testing.T) {
	t.Parallel()
	s, _ := sdk2(t)
	refusal, option := launchConfigurable(t, s).set("effort", `"high"`)
	require.Empty(t, refusal)
	require.Equal(t, protocol.ConfigValue{Value: "high", Name: "High"}, option.Current())
}

func TestSDKVersion2_asks_for_input(t *testing.T) {
	t.Parallel()
	s, _ := sdk2(t)
	r := s.launch(t)
	r.prompt("form")
	asked, _ := await[rules.AgentElicitation](r)
	require.Equal(t, "Where to?", asked.Elicitation.Message)
	require.Len(t, asked.Elicitation.Form.Fields, 2)
	r.Answer(asked.Elicitation.RequestID, rules.ElicitationReply{Action: protocol.ElicitationAccept, Content: json.RawMessage(`{"region":"eu","copies":3}`)})
	end, heard := await[rules.AgentTurnEnded](r)
	require.NoError(t, end.Err)
	require.Equal(t, []string{`accept {"region":"eu","copies":3}`}, said(t, heard))

	r.prompt("page")
	asked, _ = await[rules.AgentElicitation](r)
	require.Equal(t, "https://example.org", asked.Elicitation.Target)
	r.Answer(asked.Elicitation.RequestID, rules.ElicitationReply{Action: protocol.ElicitationAccept})
	completed, _ := await[rules.AgentElicitationCompleted](r)
	require.Equal(t, asked.Elicitation.RequestID, completed.RequestID)
	await[rules.AgentTurnEnded](r)
}
