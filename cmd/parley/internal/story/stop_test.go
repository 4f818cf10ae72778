package story_test

import (
	"encoding/json"
	"fmt"
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
