package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestContract_SignIn(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	gil := s.join("gil", protocol.RoleCollaborator)
	c, _ := s.connect(gil)
	in := func(t *testing.T, who person, body object) reply {
		return w.in(t).call("POST", s.path("/sign-in"), who.with(body))
	}
	t.Run("only the host", func(t *testing.T) {
		in(t, gil, object{"methodId": "account"}).fails(protocol.CodeHostRequired)
	})
	t.Run("only in a way that the agent has", func(t *testing.T) {
		for _, body := range []object{{}, {"methodId": ""}, {"methodId": 1}, {"methodId": nil}, {"methodId": "none"}, {"methodId": "terminal"}, {"methodId": "key"}} {
			in(t, s.Host, body).fails(protocol.CodeInvalidRequest)
		}
	})
	t.Run("after a prompt has failed", func(t *testing.T) {
		for _, prompt := range []string{"signout", "help"} {
			w.call("POST", s.path("/prompts"), s.Host.with(object{"prompt": prompt})).ok(http.StatusOK, nil)
		}
		failed := nextOf[*protocol.PromptDispatchFailed](t, c)
		require.Equal(t, protocol.CodeAgentAuthRequired, failed.Code)
		require.Contains(t, failed.Error, "nobody is signed in to the demo account")
		_, welcome := s.connect(gil)
		require.True(t, welcome.Agent.NeedsSignIn)
		require.Equal(t, "parley demo-agent --login", welcome.Agent.AuthMethod("terminal").Command)
		require.Equal(t, []string{"DEMO_AGENT_KEY"}, welcome.Agent.AuthMethod("key").Variables)
	})
	t.Run("with the agent's refusal", func(t *testing.T) {
		in(t, s.Host, object{"methodId": "closed"}).ok(http.StatusOK, nil)
		require.Equal(t, s.Host.UserID, nextOf[*protocol.AgentSigningIn](t, c).Participant.UserID)
		require.Contains(t, nextOf[*protocol.AgentSignInFailed](t, c).Reason, "this account was closed")
	})
	t.Run("and prompts work again", func(t *testing.T) {
		in(t, s.Host, object{"methodId": "account"}).ok(http.StatusOK, nil)
		require.Equal(t, "account", nextOf[*protocol.AgentSignedIn](t, c).MethodID)
		w.call("POST", s.path("/prompts"), s.Host.with(object{"prompt": "help"})).ok(http.StatusOK, nil)
		nextOf[*protocol.PromptDispatchCompleted](t, c)
	})
}
