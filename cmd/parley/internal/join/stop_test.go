package join

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/story"
	"parley/protocol"
)

// updates returns events with updates of the agent.
func updates(list ...string) (events []*protocol.Event) {
	for i, update := range list {
		notification := fmt.Sprintf(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":%s}}`, update)
		events = append(events, &protocol.Event{Type: protocol.EventHostSessionUpdate, Cursor: protocol.Cursor{Seq: uint64(i + 1)},
			Payload: &protocol.HostSessionUpdate{Notification: json.RawMessage(notification)}})
	}
	return events
}

func TestStory_knows_what_can_be_stopped(t *testing.T) {
	s := story.Of(updates(
		`{"sessionUpdate":"tool_call_update","toolCallId":"a","title":"make watch","capabilities":{"cancel":{}}}`,
		`{"sessionUpdate":"tool_call_update","toolCallId":"b","title":"make test","capabilities":{"cancel":{}}}`,
		`{"sessionUpdate":"tool_call_update","toolCallId":"b","status":"completed"}`,
		`{"sessionUpdate":"tool_call_update","toolCallId":"c","title":"ls"}`,
		`{"sessionUpdate":"terminal_update","terminalId":"t","command":"npm run dev","capabilities":{"cancel":{}}}`,
		`{"sessionUpdate":"terminal_update","terminalId":"u","command":"true","capabilities":{"cancel":{}},"exitStatus":{}}`,
	))
	all := s.Stoppables()
	require.Equal(t, []story.Stoppable{{Name: "make watch", ToolCallID: "a"}, {Name: "npm run dev", TerminalID: "t"}}, all)

	one, err := story.Choose(all, "dev")
	require.NoError(t, err)
	require.Equal(t, "t", one.TerminalID)
	for text, want := range map[string]string{"m": "several", "make test": "nothing that can be stopped contains"} {
		_, err = story.Choose(all, text)
		require.ErrorContains(t, err, want)
	}
}

func TestQuestion_shows_its_title_and_description(t *testing.T) {
	q, id := newQuestion(protocol.Permission{
		ToolCall: json.RawMessage(`{"toolCallId":"","title":"May I?","rawInput":{"command":"rm -r build"}}`), Options: json.RawMessage(`[]`),
		Title: "May I?", Description: "It saves\u202e space.",
	})
	require.Nil(t, id)
	body := q.body()
	require.Contains(t, body, "It saves")
	require.Contains(t, body, "rm -r build")
	require.Contains(t, body, "cannot be seen", "the description is checked for hidden characters too")
	require.Equal(t, 1, strings.Count(q.call.Heading()+body, "May I?"))
}

func TestScreen_shows_work_without_a_prompt(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, newLedger())
	olga := protocol.Participant{ID: "p", UserID: "olga"}
	for _, payload := range []protocol.Payload{&protocol.AgentTurnStarted{}, &protocol.AgentTurnCancelled{Participant: olga},
		&protocol.AgentTurnEnded{StopReason: "cancelled"}, &protocol.AgentStopRequested{Participant: olga}, &protocol.AgentStopRefused{Reason: "it is\nover"}} {
		s.event(&room{}, &protocol.Event{Type: payload.EventType(), Payload: payload})
	}
	for _, text := range []string{"works on its own, without a prompt", "olga cancelled", "finished its own work (cancelled)", "olga asked the agent to stop", "does not stop the tool: it is over"} {
		require.Contains(t, out.String(), text)
	}
}
