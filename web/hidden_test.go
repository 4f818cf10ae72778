package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

// On a protected server, whoever has no right to a session receives the same answer whether
// the session is active, has ended or does not exist, from every endpoint. So does whoever
// comes through a proxy on a server that is open otherwise.
func TestProtected_strangers_cannot_tell_whether_a_session_exists(t *testing.T) {
	for name, row := range map[string]struct {
		o      web.Options
		header []string
	}{
		"protected":       {web.Options{Protected: true}, nil},
		"through a proxy": {web.Options{Listen: "127.0.0.1:7777"}, []string{"X-Forwarded-For", "203.0.113.9"}},
	} {
		t.Run(name, func(t *testing.T) {
			row.o.JoinRate = -1
			w := protectedWorld(t, row.o)
			w.key = "OPERATOR"
			agent := w.startAgent()
			active, ended := newCast(w, agent), newCast(w, agent)
			ended.close()
			for _, pattern := range w.server.Endpoints() {
				method, path, _ := strings.Cut(pattern, " ")
				if !strings.HasPrefix(path, sharedAPI+"/{id}") {
					continue
				}
				for _, who := range []string{"nobody", "wrong", "foreign"} {
					p := active.people[who]
					first := active.strangersAnswer(t, method, path, active.ID, p, row.header)
					for _, other := range []string{ended.ID, "00000000-0000-4000-8000-000000000000", "none"} {
						require.Equal(t, first, active.strangersAnswer(t, method, path, other, p, row.header), "%s by %s", pattern, who)
					}
				}
			}
		})
	}
}

// strangersAnswer returns the status and the body with which an endpoint of a session answers
// somebody.
func (c cast) strangersAnswer(t *testing.T, method, path, session string, p person, headers []string) string {
	if strings.HasSuffix(path, "/ws") {
		ws := c.w.in(t).dial(session, headers...)
		ws.send(commandLine("r", "resume", object{"participantId": p.ID, "participantToken": p.Token}))
		e, refused := ws.next().(*protocol.ErrorMessage)
		require.True(t, refused)
		return string(e.Error.Code) + e.Error.Message
	}
	header := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	if p.Token != "" {
		header.Set("Authorization", "Bearer "+p.Token)
	}
	if p.ID != "" {
		header.Set("Parley-Participant", p.ID)
	}
	body := withToken(rights[method+" "+path].body, p.Token)
	path = strings.NewReplacer("{id}", session, "{approvalId}", "none", "{attachmentId}", "none").Replace(path)
	status, answer := c.w.tryCall(t, method, path, body, header)
	require.GreaterOrEqual(t, status, 400)
	return http.StatusText(status) + answer
}
