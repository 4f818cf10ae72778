package main

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_signs_in_to_an_agent_that_does_not_start_otherwise(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine=parley demo-agent --pace 0s --signed-out")
	start := func(signIn string) e2e.Response {
		body := map[string]string{"agent": "mine", "signIn": signIn}
		r, err := s.Call(t.Context(), e2e.Request{Method: http.MethodPost, Path: "/api/sessions", Body: body})
		require.NoError(t, err)
		return r
	}
	refused := start("")
	require.Equal(t, http.StatusFailedDependency, refused.Status, "%s", refused.Body)
	require.Contains(t, string(refused.Body), `"code":"AGENT_AUTH_REQUIRED"`)
	require.Contains(t, string(refused.Body), `"command":"parley demo-agent --pace 0s --signed-out --login"`)
	require.Contains(t, string(start("closed").Body), "this account was closed")

	created := start("account")
	require.Equal(t, http.StatusCreated, created.Status, "%s", created.Body)
	var host protocol.HostSessionAnswer
	require.NoError(t, json.Unmarshal([]byte(created.Body), &host))
	session := s.Share(t, host.Session.ID, protocol.ModePromptDirect)
	olga := e2e.Connect(t, session.HostLink(), "")
	_, err := olga.Prompt(t.Context(), "crash")
	require.NoError(t, err)
	e2e.AwaitEvent(t, olga, func(p *protocol.AgentStatusChanged) bool { return p.Status == protocol.AgentExited })
	_, err = olga.Prompt(t.Context(), "help") // starts a process that is signed out again
	require.NoError(t, err)
	e2e.AwaitEvent(t, olga, func(p *protocol.PromptDispatchFailed) bool { return p.Code == protocol.CodeAgentAuthRequired })
	require.NoError(t, olga.SignIn(t.Context(), "account"))
	e2e.AwaitEvent(t, olga, func(p *protocol.AgentSignedIn) bool { return p.MethodID == "account" })
	_, err = olga.Prompt(t.Context(), "help")
	require.NoError(t, err)
	e2e.AwaitEvent(t, olga, func(*protocol.PromptDispatchCompleted) bool { return true })
	s.Stop(t)
}
