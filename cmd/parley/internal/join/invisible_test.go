package join

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/visible"
)

// unseen reverses text, has no width, can only be read by models, and clears the screen.
const unseen = "\u202e\u200b\U000e0041\x1b[2J"

// hide appends invisible characters to a text.
func hide(text string) string { return text + unseen }

func encodeJSON(t *testing.T, value any) json.RawMessage {
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return raw
}

// agentNotification returns an event with a session update of the agent.
func agentNotification(t *testing.T, update map[string]any) *protocol.HostSessionUpdate {
	return &protocol.HostSessionUpdate{Notification: encodeJSON(t, map[string]any{"method": "session/update", "params": map[string]any{"update": update}})}
}

// hiddenCall is a tool call with invisible characters in every text.
var hiddenCall = map[string]any{
	"sessionUpdate": "tool_call", "toolCallId": hide("id"), "title": hide("title"), "kind": hide("kind"), "status": hide("status"),
	"rawInput": map[string]any{"command": hide("command"), hide("member"): hide("value")}, "rawOutput": map[string]any{"stdout": hide("stdout")},
	"locations": []any{map[string]any{"path": hide("place")}},
	"content": []any{
		map[string]any{"type": "diff", "path": hide("file"), "oldText": hide("old"), "newText": hide("new")},
		map[string]any{"type": hide("type"), hide("member"): hide("value")},
		map[string]any{"type": "content", "content": map[string]any{"type": "resource_link", "name": hide("link"), "uri": hide("uri")}},
	},
	"_meta": map[string]any{"terminal_output": map[string]any{"data": hide("output")}, "terminal_exit": map[string]any{"signal": hide("signal")}},
}

func TestScreen_marks_invisible_characters_in_every_text(t *testing.T) {
	person := protocol.Participant{ID: "p", UserID: hide("user"), DisplayName: new(hide("name"))}
	prompt := protocol.Approval{ID: "a", ParticipantID: "p", Prompt: hide("prompt"), Status: protocol.ApprovalPending, Reason: new(hide("reason"))}
	question := protocol.Permission{RequestID: "q", ToolCall: encodeJSON(t, hiddenCall),
		Options: encodeJSON(t, []any{map[string]any{"optionId": hide("option"), "name": hide("allow"), "kind": hide("kind")}})}
	mode := protocol.ConfigOption{ID: "mode", Category: protocol.CategoryMode, CurrentValue: encodeJSON(t, hide("m")),
		Options: []protocol.ConfigValue{{Value: hide("m"), Name: hide("mode")}}}

	var out strings.Builder
	r := newRoom()
	s := newScreen(&out, false, r.ledger)
	s.agentInfo(protocol.Agent{AgentFacts: protocol.AgentFacts{Info: &protocol.AgentInfo{Title: hide("agent"), Version: hide("1")},
		Cwd: new(hide("directory")), ConfigOptions: []protocol.ConfigOption{mode}}})
	for _, p := range []protocol.Payload{
		&protocol.ParticipantJoined{Participant: person},
		&protocol.PromptPendingApproval{Approval: prompt, Participant: person},
		&protocol.PromptRejected{Approval: prompt, Participant: person},
		&protocol.PromptDispatchFailed{ApprovalID: "b", Error: hide("failure")},
		&protocol.PermissionRequested{Permission: question},
		&protocol.PermissionResolved{RequestID: "q", OptionID: new(hide("option")), Participant: &person},
		&protocol.AgentStatusChanged{Status: protocol.AgentExited, Detail: hide("detail"), StderrTail: new(hide("stderr"))},
		&protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: hide("reason"), Recap: hide("recap")},
		agentNotification(t, map[string]any{"sessionUpdate": "plan", "entries": []any{map[string]any{"content": hide("step"), "status": hide("status")}}}),
		agentNotification(t, map[string]any{"sessionUpdate": "session_info_update", "title": hide("session")}),
		agentNotification(t, map[string]any{"sessionUpdate": hide("news")}),
		agentNotification(t, hiddenCall),
	} {
		r.addItems(p, s.story)
		s.event(r, &protocol.Event{Payload: p})
		r.apply(p, time.Now())
	}
	for n := 1; ; n++ {
		i, err := r.ledger.Numbered(n)
		if err != nil {
			break
		}
		s.item(r, i)
	}
	s.endStream()
	for _, text := range []string{"name", "prompt", "reason", "failure", "title", "command", "value", "file", "old", "new", "place", "link", "uri",
		"output", "signal", "allow", "mode", "agent", "directory", "detail", "stderr", "step", "session", "news"} {
		require.Contains(t, out.String(), text+"⟨U+202E⟩", text)
	}
	require.Zero(t, visible.Count(out.String()))
}
