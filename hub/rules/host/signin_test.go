package host_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// signable is a session on an agent with one way to sign in of each type.
func signable(t *testing.T) *rulestest.Fixture {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.Do(s.Host, host.FactsLearned{Facts: protocol.AgentFacts{AuthMethods: []protocol.AuthMethod{
		{ID: "account", Type: protocol.AuthByAgent}, {ID: "shell", Type: protocol.AuthInTerminal, Command: "kestrel --login"}, {ID: "key", Type: protocol.AuthByVariable},
	}}})
	s.DeliverAll()
	return s
}

func signIn(s *rulestest.Fixture, id string) error {
	s.T.Helper()
	err := s.Send(s.Owner(), &protocol.SignIn{MethodID: id}).Err
	s.DeliverAll()
	return err
}

func TestState_signs_in(t *testing.T) {
	t.Run("and reports the outcome", func(t *testing.T) {
		s := signable(t)
		require.NoError(t, signIn(s, "account"))
		sent := s.Agent.Changes[0]
		require.True(t, sent.SignIn)
		require.Equal(t, "account", sent.OptionID)
		require.Equal(t, s.Owner().ID, last(s, s.Session).(*protocol.AgentSigningIn).Participant.ID)
		answers(s, sent, "")
		require.Equal(t, "account", last(s, s.Session).(*protocol.AgentSignedIn).MethodID)
		require.Empty(t, s.HostState().Chosen, "it is not repeated in the next process")
	})
	t.Run("and fails with the agent's reason", func(t *testing.T) {
		s := signable(t)
		require.NoError(t, signIn(s, "account"))
		answers(s, s.Agent.Changes[0], "the page was closed")
		require.Equal(t, "the page was closed", last(s, s.Session).(*protocol.AgentSignInFailed).Reason)
		require.NoError(t, signIn(s, "account"), "it can be tried again")
	})
	t.Run("and fails after ten minutes without an answer", func(t *testing.T) {
		s := signable(t)
		require.NoError(t, signIn(s, "account"))
		s.Now = s.Now.Add(9 * time.Minute)
		s.Do(s.Host, rules.Tick{})
		require.Len(t, s.HostState().Changes, 1)
		s.Now = s.Now.Add(time.Minute)
		s.Do(s.Host, rules.Tick{})
		s.DeliverAll()
		require.NotEmpty(t, last(s, s.Session).(*protocol.AgentSignInFailed).Reason)
	})
	t.Run("and fails when the agent exits", func(t *testing.T) {
		s := signable(t)
		require.NoError(t, signIn(s, "account"))
		s.AgentReports(rules.AgentExited{})
		s.DeliverAll()
		require.Empty(t, s.State.Changes)
		require.Empty(t, s.HostState().Changes)
	})
	t.Run("one at a time, beside changes of options", func(t *testing.T) {
		s := signable(t)
		s.Do(s.Host, host.FactsLearned{Facts: options()})
		s.DeliverAll()
		require.NoError(t, signIn(s, "account"))
		require.ErrorIs(t, signIn(s, "account"), &protocol.Error{Code: protocol.CodeTooManyPending})
		sets(s, "model", `"small"`)
	})
	t.Run("only in ways that the agent can use by itself", func(t *testing.T) {
		s := signable(t)
		for id, says := range map[string]string{"shell": "kestrel --login", "key": "follow its description", "none": "no way to sign in"} {
			err := signIn(s, id)
			require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidRequest})
			require.ErrorContains(t, err, says)
		}
		require.Empty(t, s.Agent.Changes)
	})
}

func TestState_starts_an_agent_to_sign_in(t *testing.T) {
	exited := func(t *testing.T) *rulestest.Fixture {
		s := signable(t)
		s.AgentReports(rules.AgentExited{})
		s.DeliverAll()
		require.NoError(t, signIn(s, "account"))
		require.True(t, s.Agent.Launching)
		return s
	}
	t.Run("which is then signed in", func(t *testing.T) {
		s := exited(t)
		require.NotNil(t, s.State.Changes)
		s.FinishLaunch(true)
		s.DeliverAll()
		require.Empty(t, s.State.Changes)
		require.Empty(t, s.HostState().Changes)
		require.Equal(t, protocol.AgentIdle, s.State.Agent)
	})
	t.Run("or fails to start", func(t *testing.T) {
		s := exited(t)
		s.FinishLaunch(false)
		s.DeliverAll()
		require.Empty(t, s.State.Changes)
		require.Equal(t, protocol.AgentExited, s.State.Agent)
	})
	t.Run("or is started again since it cannot open its session", func(t *testing.T) {
		s := signable(t)
		s.RunPrompt()
		s.AgentReports(rules.AgentTurnEnded{Turn: s.Agent.Turn, StopReason: "end_turn"})
		s.AgentReports(rules.AgentExited{})
		s.DeliverAll()
		require.NoError(t, signIn(s, "account"))
		s.Do(s.Host, host.LaunchFailed{Err: fmt.Errorf("%w: gone", rules.ErrCannotLoad)})
		s.DeliverAll()
		require.Len(t, s.HostState().Changes, 1)
		s.FinishLaunch(true)
		s.DeliverAll()
		require.Empty(t, s.State.Changes)
	})
	t.Run("and a crash ends the attempt", func(t *testing.T) {
		s := exited(t)
		s.Crash()
		s.DeliverAll()
		require.Empty(t, s.Session.SharedState().Changes)
		require.Empty(t, s.HostState().Changes)
	})
}

func TestState_a_creation_that_fails_says_how_to_sign_in(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	n := rulestest.NewSession(journal.SessionID{1, 8}, journal.KindHost, s.Host.Settings)
	d := s.Do(n, host.Create{Body: &protocol.CreateHostSession{Agent: "mine", SignIn: "account"}})
	require.Equal(t, "account", rulestest.EffectOf[host.LaunchAgent](t, d).Spec.SignIn)
	ways := protocol.AgentFacts{AuthMethods: []protocol.AuthMethod{{ID: "account", Type: "agent"}}}
	d = s.Do(n, host.WithFacts{Facts: ways, Body: host.LaunchFailed{Err: fmt.Errorf("not signed in: %w", rules.ErrAuthRequired)}})
	refusal, ok := errors.AsType[*protocol.Error](rulestest.EffectOf[rules.Release](t, d).Err)
	require.True(t, ok)
	require.Equal(t, protocol.CodeAgentAuthRequired, refusal.Code)
	require.Equal(t, "account", refusal.AuthMethods[0].ID)
}

func TestState_knows_whether_somebody_has_to_sign_in(t *testing.T) {
	s := signable(t)
	s.RunPrompt()
	s.AgentReports(rules.AgentTurnEnded{Turn: s.Agent.Turn, Err: fmt.Errorf("no: %w", rules.ErrAuthRequired)})
	s.DeliverAll()
	require.True(t, s.State.NeedsSignIn)
	require.NoError(t, signIn(s, "account"))
	answers(s, s.Agent.Changes[0], "")
	require.False(t, s.State.NeedsSignIn)
}
