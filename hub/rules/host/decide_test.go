package host_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

func TestState_a_deleted_session_forgets_confirmed_turns(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.Do(s.Host, host.Delete{})
	require.Len(t, s.HostState().Ended, 1)
	s.DeliverAll()
	require.False(t, s.HostState().Busy())
	require.Contains(t, s.Do(s.Host, host.Launched{SessionID: "late", CanLoad: true}).Effects, rules.Effect(host.EndAgent{}))
	require.Equal(t, protocol.CodeHostSessionNotFound, rulestest.ErrorCode(s.Do(s.Host, host.Read{}).Err))
}
