package join

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

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
