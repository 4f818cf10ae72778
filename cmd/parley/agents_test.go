package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// createRequest returns a request that starts the agent called mine, under an idempotency
// key.
func createRequest(key, title string) e2e.Request {
	body := map[string]string{"agent": "mine", "title": title}
	return e2e.Request{Method: http.MethodPost, Path: "/api/sessions", Key: key, Body: body}
}

func TestServe_killed_repeats_the_answer_to_a_creation_and_starts_no_second_agent(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine=parley demo-agent", "--max-agents", "2")
	call := func(r e2e.Request) e2e.Response {
		t.Helper()
		answer, err := s.Call(t.Context(), r)
		require.NoError(t, err)
		return answer
	}
	first := call(createRequest("k", "mine"))
	require.Equal(t, http.StatusCreated, first.Status, "%s", first.Body)
	s.Kill()
	s = s.Restart(t)
	require.Equal(t, first, call(createRequest("k", "mine")))
	require.Equal(t, http.StatusBadRequest, call(createRequest("k", "another")).Status)
	for range 2 { // the first agent ended with the server
		require.Equal(t, http.StatusCreated, call(createRequest("", "")).Status)
	}
	refused := call(createRequest("", ""))
	require.Equal(t, http.StatusTooManyRequests, refused.Status)
	require.Contains(t, string(refused.Body), protocol.CodeTooManyAgents)
	require.Equal(t, first, call(createRequest("k", "mine")), "the repetition starts nothing")
	s.Stop(t)
}

func TestServe_ends_an_unused_agent(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--agent", "mine=parley demo-agent", "--agent-idle-after", "1ms")
	alone := s.StartAgent(t, "mine")
	status := func() protocol.AgentStatus {
		r := e2e.Request{Method: http.MethodGet, Path: "/api/sessions/" + alone}
		return e2e.MustCall[protocol.HostSessionAnswer](t, s.API, r).Session.Status
	}
	require.Eventually(t, func() bool { return status() == protocol.AgentExited }, e2e.Timeout, 10*time.Millisecond)
	session := s.Share(t, alone, protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")
	_, err := host.Prompt(t.Context(), "help")
	require.NoError(t, err)
	e2e.AwaitEvent(t, host, func(*protocol.PromptDispatchCompleted) bool { return true })
	require.Equal(t, protocol.AgentIdle, status(), "the agent was started again for the open session")
	s.Stop(t)
}
