package hub_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub"
	"parley/hub/agent"
	"parley/hub/journal/memory"
	"parley/protocol"
)

func TestSession_a_prompt_is_proposed_approved_and_carried_out(t *testing.T) {
	launcher, err := agent.NewLauncher(nil, zaptest.NewLogger(t), agent.Options{})
	require.NoError(t, err)
	r := newRoomOn(t, memory.New(), launcher, hub.Options{})
	ben := r.join("ben")

	ben.do(&protocol.Chat{Text: "hello"}, nil)
	require.Equal(t, "hello", event[*protocol.MessageCreated](r.host).Message.Text)

	var proposed protocol.PromptAnswer
	ben.do(&protocol.Prompt{Prompt: "help"}, &proposed)
	require.Equal(t, protocol.ApprovalPending, proposed.Status)
	pending := event[*protocol.PromptPendingApproval](r.host)
	require.Equal(t, proposed.Approval.ID, pending.Approval.ID)

	r.host.do(&protocol.Approve{ApprovalID: pending.Approval.ID, Action: protocol.ActionApprove}, nil)
	event[*protocol.PromptApproved](ben)
	event[*protocol.PromptDispatchStarted](ben)
	event[*protocol.HostSessionUpdate](ben)
	done := event[*protocol.PromptDispatchCompleted](ben)
	require.Equal(t, pending.Approval.ID, done.ApprovalID)
}
