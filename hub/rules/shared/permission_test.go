package shared_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

func TestState_AnswerPermission(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.RequestPermission("q")
	answer := func(id, option string) rules.Decision {
		return s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: id, OptionID: option})
	}
	require.Equal(t, protocol.CodePermissionNotFound, rulestest.ErrorCode(answer("none", "yes").Err))
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(answer("q", "maybe").Err), "the option does not exist")
	d := answer("q", "yes")
	require.Equal(t, "q", d.Hold, "the answer waits for the outcome")
	s.DeliverAll()
	require.Empty(t, s.State.Permissions)
	require.Equal(t, protocol.CodePermissionAlreadyResolved, rulestest.ErrorCode(answer("q", "yes").Err))
}

func TestState_AnswerPermission_repeated_waits_for_the_same_outcome(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.RequestPermission("q")
	answer := func(id string) rules.Decision {
		return s.SendWithID(s.Owner(), id, &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"})
	}
	first := answer("1")
	require.Equal(t, first.Waiter, answer("1").Waiter)
	require.NotEqual(t, first.Waiter, answer("2").Waiter)
	require.NotEqual(t, answer("").Waiter, answer("").Waiter, "without an id each command is a new one")
}

// A permission request outside a turn is sent to all sessions that are open.
func TestState_AnswerPermission_resolves_the_request_in_every_session(t *testing.T) {
	w := rulestest.NewNetwork(t, rules.Settings{}, 2)
	s := &rulestest.Fixture{Network: w, T: t, Session: w.Shared[0], State: w.Shared[0].SharedState()}
	other := w.Shared[1].SharedState()
	s.RequestPermission("q")
	require.NotNil(t, other.Permission("q"))
	require.NoError(t, s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: "q", OptionID: "yes"}).Err)
	s.DeliverAll()
	require.Nil(t, other.Permission("q"))
	done, known := recentCommands(s.State)[s.Owner().ID], recentCommands(other)[s.Owner().ID]
	require.Len(t, done, 1, "the session of the answer records the command")
	require.Empty(t, known, "no other session does")
}
