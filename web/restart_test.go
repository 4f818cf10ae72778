package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestContract_RestartAgent(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	gil := s.join("gil", protocol.RoleCollaborator)
	other := w.shareOn(s.Agent, protocol.ModePromptDirect)
	elsewhere, _ := other.connect(other.Host)
	host, _ := s.connect(s.Host)
	restart := func(t *testing.T, who person, headers ...string) reply {
		return w.in(t).call("POST", s.path("/restart-agent"), who.with(object{}), headers...)
	}
	t.Run("only the host", func(t *testing.T) {
		restart(t, gil).fails(protocol.CodeHostRequired)
	})
	t.Run("in every session on the agent, and once", func(t *testing.T) {
		for range 2 {
			restart(t, s.Host, "Idempotency-Key", "once").ok(http.StatusOK, nil)
		}
		require.Equal(t, s.Host.UserID, nextOf[*protocol.AgentRestarting](t, elsewhere).Participant.UserID)
		s.command(s.Host, "prompt", object{"prompt": "plan"}).okLine(nil)
		nextOf[*protocol.PromptDispatchCompleted](t, host)
	})
	t.Run("not of a deleted agent", func(t *testing.T) {
		w.in(t).call("DELETE", "/api/sessions/"+s.Agent, nil).ok(http.StatusNoContent, nil)
		restart(t, s.Host).fails(protocol.CodeHostSessionNotFound)
	})
}

func TestContract_SwitchAgent(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	gil := s.join("gil", protocol.RoleCollaborator)
	to := func(t *testing.T, who person, agent any) reply {
		return w.in(t).call("POST", s.path("/switch-agent"), who.with(object{"agent": agent}))
	}
	to(t, gil, "demo").fails(protocol.CodeHostRequired)
	for _, agent := range []any{"", " ", nil, 1, "demo", object{}} {
		to(t, s.Host, agent).fails(protocol.CodeInvalidRequest)
	}
	to(t, s.Host, "none").fails(protocol.CodeAgentNotFound)
	s.command(s.Host, "chat", object{"text": "the session is still usable"}).okLine(nil)
}

func TestContract_AgentSessions(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	s.command(s.Host, "prompt", object{"prompt": "plan"}).okLine(nil)
	host, _ := s.connect(s.Host)
	nextOf[*protocol.PromptDispatchCompleted](t, host)
	var found protocol.AgentSessionsAnswer
	w.call("POST", "/api/agents/demo/sessions", object{}).ok(http.StatusOK, &found)
	require.Len(t, found.Sessions, 1)
	require.Equal(t, "plan", found.Sessions[0].Title)
	w.call("POST", "/api/agents/none/sessions", object{}).fails(protocol.CodeAgentNotFound)
	for _, id := range []string{"demo-none", "../../etc/passwd"} {
		w.call("POST", "/api/sessions", object{"agent": "demo", "adopt": id}).fails(protocol.CodeAgentFailed)
	}
	w.call("POST", "/api/sessions", object{"agent": "demo", "adopt": "a\u202eb"}).fails(protocol.CodeInvalidRequest)
	w.call("POST", "/api/sessions", object{"agent": "demo", "adopt": 1}).fails(protocol.CodeInvalidRequest)
}

func TestContract_DeleteHost_with_the_session_of_the_agent(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	host, _ := s.connect(s.Host)
	s.command(s.Host, "prompt", object{"prompt": "plan"}).okLine(nil)
	nextOf[*protocol.PromptDispatchCompleted](t, host)
	one := "/api/sessions/" + s.Agent
	w.call("DELETE", one+"?agentSession=maybe", nil).fails(protocol.CodeInvalidRequest)
	w.call("DELETE", one+"?agentSession=delete", nil).ok(http.StatusNoContent, nil)
	require.Eventually(t, func() bool {
		var found protocol.AgentSessionsAnswer
		w.call("POST", "/api/agents/demo/sessions", object{}).ok(http.StatusOK, &found)
		return len(found.Sessions) == 0
	}, 20*time.Second, 20*time.Millisecond, "the agent has deleted its session")
}

func TestContract_Fork(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	host, _ := s.connect(s.Host)
	fork := func(body object, headers ...string) reply { return w.call("POST", "/api/sessions", body, headers...) }
	fork(object{"fork": s.Agent}).fails(protocol.CodeInvalidRequest) // nothing to fork yet
	s.command(s.Host, "prompt", object{"prompt": "plan"}).okLine(nil)
	nextOf[*protocol.PromptDispatchCompleted](t, host)
	for _, extra := range []string{"agent", "cwd", "adopt"} {
		fork(object{"fork": s.Agent, extra: "demo"}).fails(protocol.CodeInvalidRequest)
	}
	fork(object{"fork": "../" + s.Agent}).fails(protocol.CodeHostSessionNotFound)
	fork(object{"fork": 1}).fails(protocol.CodeInvalidRequest)
	var made, again protocol.HostSessionAnswer
	fork(object{"fork": s.Agent}, "Idempotency-Key", "once").ok(http.StatusCreated, &made)
	fork(object{"fork": s.Agent}, "Idempotency-Key", "once").ok(http.StatusCreated, &again)
	require.Equal(t, made.Session.ID, again.Session.ID)
	require.NotEqual(t, s.Agent, made.Session.ID)
	require.Equal(t, "demo", made.Session.Agent)
	w.call("DELETE", "/api/sessions/"+s.Agent, nil).ok(http.StatusNoContent, nil)
	fork(object{"fork": s.Agent}).fails(protocol.CodeHostSessionNotFound)
	fork(object{"fork": s.Agent}, "Idempotency-Key", "once").ok(http.StatusCreated, &again)
	require.Equal(t, made.Session.ID, again.Session.ID)
}
