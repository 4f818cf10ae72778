package hub_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/rules"
	"parley/protocol"
)

func TestStopWork_is_answered_by_the_agents_side(t *testing.T) {
	r, _ := newRoom(t, hub.Options{})
	ann := r.join("ann")
	require.Equal(t, protocol.CodeNothingToCancel, r.host.errorCode(&protocol.StopWork{ToolCallID: "refused"}))

	r.host.do(&protocol.StopWork{ToolCallID: "c"}, nil)
	require.Equal(t, "c", event[*protocol.AgentStopRequested](ann).ToolCallID, "the refused one has left no event")
	work, err := r.agent.NextStop(t.Context())
	require.NoError(t, err)
	require.Equal(t, "c", work.ToolCallID)
	r.agent.Say(rules.AgentStopRefused{Work: work, Reason: "it is over"})
	require.Equal(t, "it is over", event[*protocol.AgentStopRefused](r.host).Reason)
}
