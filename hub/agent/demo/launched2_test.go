package demo_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub/agent"
	"parley/hub/agent/profile"
	"parley/hub/rules"
	"parley/protocol"
)

// launch2 launches the built-in agent of version 2.
func launch2(t *testing.T) *running {
	t.Helper()
	launcher, err := agent.NewLauncher(nil, zaptest.NewLogger(t), agent.Options{})
	require.NoError(t, err)
	return lab{launcher, profile.DemoV2}.launch(t)
}

func TestDemoV2_works_in_the_background_and_begins_a_turn_by_itself(t *testing.T) {
	t.Parallel()
	r := launch2(t)
	require.NoError(t, r.play("watch", "").end.Err)
	background := r.known().Background
	require.Len(t, background, 1)
	require.NoError(t, r.StopWork(rules.Work{TerminalID: background[0].TerminalID}))
	for began := false; ; {
		switch e := r.event().(type) {
		case rules.AgentTurnBegan:
			began = true
		case rules.AgentTurnEnded:
			require.True(t, began)
			require.Equal(t, rules.AgentTurnEnded{StopReason: "end_turn"}, e)
			require.Error(t, r.StopWork(rules.Work{TerminalID: background[0].TerminalID}), "it is no longer offered")
			return
		}
	}
}

func TestDemoV2_stops_one_tool_call(t *testing.T) {
	t.Parallel()
	r := launch2(t)
	r.Prompt(rules.AgentPrompt{Turn: "s", Text: "stop"})
	for {
		var m struct {
			Params struct {
				Update struct {
					ToolCallID   string
					Capabilities *struct{}
				}
			}
		}
		if n, ok := r.event().(rules.AgentNotification); ok && json.Unmarshal(n.Raw, &m) == nil && m.Params.Update.Capabilities != nil {
			require.NoError(t, r.StopWork(rules.Work{ToolCallID: m.Params.Update.ToolCallID}))
			break
		}
	}
	got := r.follow(nil)
	require.Equal(t, "end_turn", got.end.StopReason)
	require.Equal(t, []string{"cancelled"}, values(got.statuses()))
}

func TestDemoV2_asks_about_a_command(t *testing.T) {
	t.Parallel()
	r := launch2(t)
	for option, want := range map[string]string{"allow": "Thank you", "reject": "I keep the old builds"} {
		got := r.play("command", option)
		require.Equal(t, "May I delete the old builds?", got.asked[0].Title)
		require.Contains(t, got.asked[0].Description, "2 GB")
		require.Contains(t, string(got.asked[0].ToolCall), `"command":"rm -r build"`)
		require.Contains(t, got.said(t, "agent_message_chunk"), want)
	}
}

func TestDemoV2_announces_its_mode_as_an_option(t *testing.T) {
	t.Parallel()
	r := launch2(t)
	require.Equal(t, "Demo agent 2", r.known().ProgramName())
	require.Equal(t, "Ask", r.known().Option(protocol.CategoryMode).Current().Name)
	r.play("mode", "")
	require.Equal(t, "Auto", r.known().Option(protocol.CategoryMode).Current().Name)
	require.Empty(t, r.play("permission", "").asked)
	require.Equal(t, "end_turn", r.play("fix it", "").end.StopReason)
}
