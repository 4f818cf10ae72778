package shared_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func TestState_a_repeated_Create(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	body := &protocol.CreateSharedSession{HostSessionID: s.Host.ID.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval}
	again := s.Do(s.Session, shared.Create{Body: body, CommandID: "create"})
	require.True(t, again.Duplicate)
	require.Equal(t, s.Owner().ID, again.Answer.(*protocol.CreateAnswer).HostParticipant.ID)
	other := *body
	other.HostUserID = "eve"
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Do(s.Session, shared.Create{Body: &other, CommandID: "create"}).Err))
}
