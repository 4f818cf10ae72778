package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
	"parley/protocol"
)

// slowAgent is ready once the file exists whose name is its argument.
const slowAgent = `echo "fetching kestrel" >&2
while ! [ -e "$0" ]; do sleep 0.05; done
read line; echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}'
read line; echo '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s"}}'
exec cat >/dev/null`

// withAgent adds an agent that is a shell script.
func withAgent(script string, arguments ...string) func(*setup) {
	return func(s *setup) {
		s.agents = append(s.agents, profile.Profile{Name: "kestrel", Command: append([]string{"sh", "-c", script}, arguments...)})
	}
}

func TestHostSessions_a_slow_start_is_answered_within_the_preferred_wait(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ready")
	w := newWorld(t, withAgent(slowAgent, file))
	create := func(prefer string) reply {
		return w.call("POST", "/api/sessions", object{"agent": "kestrel"}, "Idempotency-Key", "k", "Prefer", prefer)
	}
	var first, again, now protocol.HostSessionAnswer
	create("respond-async, wait=0").ok(http.StatusAccepted, &first)
	require.Equal(t, protocol.AgentStarting, first.Session.Status)
	require.Eventually(t, func() bool {
		w.call("GET", "/api/sessions/"+first.Session.ID, nil).ok(http.StatusOK, &now)
		return now.Session.Detail == "fetching kestrel"
	}, testTimeout, 20*time.Millisecond, "people see what it waits for")
	create("wait=0").ok(http.StatusAccepted, &again)
	require.Equal(t, "fetching kestrel", again.Session.Detail)
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	create("wait=20").ok(http.StatusCreated, &again)
	require.Equal(t, first.Session.ID, again.Session.ID)
	require.Equal(t, protocol.AgentIdle, again.Session.Status)
}

func TestHostSessions_a_slow_start_can_be_cancelled(t *testing.T) {
	w := newWorld(t, withAgent(slowAgent, filepath.Join(t.TempDir(), "never")))
	var started protocol.HostSessionAnswer
	w.call("POST", "/api/sessions", object{"agent": "kestrel"}, "Prefer", "wait=0").ok(http.StatusAccepted, &started)
	w.call("DELETE", "/api/sessions/"+started.Session.ID, nil).ok(http.StatusNoContent, nil)
	w.call("GET", "/api/sessions/"+started.Session.ID, nil).fails(protocol.CodeHostSessionNotFound)
}

func TestHostSessions_a_failed_start_reports_its_reason_and_is_not_retryable(t *testing.T) {
	answers := func(initialize, open string) string {
		return `echo "no key: set KESTREL_KEY" >&2; sleep 1; read line; echo '{"jsonrpc":"2.0","id":1,` + initialize + `}'
read line; echo '{"jsonrpc":"2.0","id":2,` + open + `}'; exec cat >/dev/null`
	}
	const ready = `"result":{"protocolVersion":1,"authMethods":[{"id":"a","name":"Log in with Kestrel"}]}`
	for name, test := range map[string]struct {
		script string
		code   protocol.Code
		says   []string
	}{
		"no user is signed in": {answers(ready, `"error":{"code":-32000,"message":"Authentication required"}`),
			protocol.CodeAgentAuthRequired, []string{"Authentication required", "Log in with Kestrel"}},
		"it refuses": {answers(ready, `"error":{"code":-32603,"message":"Internal error","data":{"details":"no model foo-1"}}`),
			protocol.CodeAgentFailed, []string{"no model foo-1", "no key: set KESTREL_KEY"}},
		"it speaks another version": {answers(`"result":{"protocolVersion":7}`, `"result":{}`),
			protocol.CodeAgentFailed, []string{"version 7", "versions 1 and 2"}},
		"it exits": {`echo "no key: set KESTREL_KEY" >&2; exit 3`,
			protocol.CodeAgentFailed, []string{"status 3", "no key: set KESTREL_KEY"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withAgent(test.script))
			r := w.call("POST", "/api/sessions", object{"agent": "kestrel"})
			r.fails(test.code)
			for _, text := range test.says {
				require.Contains(t, string(r.body), text)
			}
			require.Contains(t, string(r.body), `"retryable":false`)
		})
	}
}
