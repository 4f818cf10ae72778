package host_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
)

func TestState_Loaded_corrects_whether_a_shared_session_is_open(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.HostState().Occupied = false // as in the state of an earlier version
	s.Do(s.Host, rules.Loaded{OpenShared: []journal.SessionID{s.Session.ID}})
	require.True(t, s.HostState().Occupied)
	s.Do(s.Host, rules.Loaded{})
	require.False(t, s.HostState().Occupied, "the message that it ended was lost")
}
