package join

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
)

func TestScreen_shows_work_without_a_prompt(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	olga := protocol.Participant{ID: "p", UserID: "olga"}
	for _, payload := range []protocol.Payload{&protocol.AgentTurnStarted{}, &protocol.AgentTurnCancelled{Participant: olga},
		&protocol.AgentTurnEnded{StopReason: "cancelled"}, &protocol.AgentStopRequested{Participant: olga}, &protocol.AgentStopRefused{Reason: "it is\nover"}} {
		s.event(&room{}, &protocol.Event{Type: payload.EventType(), Payload: payload})
	}
	for _, text := range []string{"works on its own, without a prompt", "olga cancelled", "finished its own work (cancelled)", "olga asked the agent to stop", "does not stop the tool: it is over"} {
		require.Contains(t, out.String(), text)
	}
}
