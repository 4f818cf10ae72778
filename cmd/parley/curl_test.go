package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// An old client uses only the original API, with credentials in bodies and in the query
// of the stream.
func TestServe_works_with_curl(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed; the contract tests of package web make the same calls")
	}
	s := e2e.StartServer(t, t.TempDir())
	c := &curl{t: t, base: s.URL + "/api/shared-sessions"}
	agent := s.StartAgent(t, "demo")

	made := c.call("POST", "", map[string]any{"hostSessionId": agent, "hostUserId": "ann", "hostDisplayName": "Ann", "workspaceId": "shop", "expiresInMinutes": 60}, 201)
	id, invite := "/"+made.text("session", "id"), made.text("inviteToken")
	host := map[string]any{"participantId": made.text("hostParticipant", "id"), "participantToken": made.text("hostParticipant", "accessToken")}
	require.Len(t, c.call("GET", "?workspaceId=shop&status=active&hostSessionId="+agent, nil, 200)["sessions"], 1)
	require.Equal(t, "prompt_with_approval", c.call("GET", id, nil, 200).text("session", "mode"))

	events := c.stream(id, host)
	joined := c.call("POST", id+"/join", map[string]any{"inviteToken": invite, "userId": "ben", "displayName": "Ben"}, 200)
	guest := map[string]any{"participantId": joined.text("participant", "id"), "participantToken": joined.text("participant", "accessToken")}
	require.Len(t, c.call("GET", id+"/participants", nil, 200)["participants"], 2)
	said := c.call("POST", id+"/messages", withField(guest, "text", "  hello  "), 200)
	require.Equal(t, "hello", said.text("message", "text"))

	rejected := c.call("POST", id+"/prompts", withField(guest, "prompt", "rm -rf /"), 200)
	require.Equal(t, "pending", rejected.text("status"))
	c.call("POST", id+"/approvals/"+rejected.text("approval", "id"), withField(host, "action", "reject"), 200)
	approved := c.call("POST", id+"/prompts", withField(guest, "prompt", "help"), 200)
	answer := c.call("POST", id+"/approvals/"+approved.text("approval", "id"), withField(host, "action", "approve"), 200)
	require.Equal(t, "approved", answer.text("approval", "status"))
	require.Len(t, c.call("GET", id+"/messages", nil, 200)["messages"], 3)
	events.Stdout.Await(t, `"type":"prompt_dispatch_completed"`)

	require.Equal(t, "HOST_REQUIRED", c.call("DELETE", id, guest, 403).text("code"))
	require.NotEmpty(t, c.call("POST", id+"/leave", guest, 200).text("participant", "leftAt"))
	require.Equal(t, true, c.call("DELETE", id, host, 200)["closed"])
	require.Equal(t, "SESSION_INACTIVE", c.call("GET", id, nil, 409).text("code"))
	require.Zero(t, events.ExitCode(t), "the stream ends with the session")
	require.Equal(t, []string{
		"connected", "participant_joined", "message_created",
		"prompt_pending_approval", "prompt_rejected",
		"prompt_pending_approval", "prompt_approved", "prompt_dispatch_started", "host_session_update", "prompt_dispatch_completed",
		"participant_left", "session_closed",
	}, typesIn(t, events.Stdout.String()))
	s.Stop(t)
}

// curl is a client of the original API.
type curl struct {
	t    *testing.T
	base string
}

// curlObject is a JSON object in an answer.
type curlObject map[string]any

// text returns the string at a path of member names.
func (a curlObject) text(path ...string) string {
	var v any = map[string]any(a)
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, _ := v.(string)
	return s
}

// withField returns a copy of an object with another field.
func withField(fields map[string]any, name, value string) map[string]any {
	all := map[string]any{name: value}
	for k, v := range fields {
		all[k] = v
	}
	return all
}

// call makes a call and checks its status.
func (c *curl) call(method, path string, body map[string]any, status int) curlObject {
	c.t.Helper()
	args := []string{"-sS", "-X", method, "-w", "\n%{http_code}", c.base + path}
	if body != nil {
		b, err := json.Marshal(body)
		require.NoError(c.t, err)
		args = append(args, "-H", "Content-Type: application/json", "-d", string(b))
	}
	p := e2e.Start(c.t, e2e.Command{Path: "curl", Args: args})
	require.Zero(c.t, p.ExitCode(c.t), p.Stderr)
	text, code, _ := strings.Cut(p.Stdout.String(), "\n")
	require.Equal(c.t, strconv.Itoa(status), code, "%s %s: %s", method, path, text)
	var into curlObject
	require.NoError(c.t, json.Unmarshal([]byte(text), &into), text)
	return into
}

// stream starts to read the event stream with "curl -N", and waits for the first event.
func (c *curl) stream(id string, credentials map[string]any) *e2e.Process {
	c.t.Helper()
	q := url.Values{}
	for name, value := range credentials {
		q.Set(name, fmt.Sprint(value))
	}
	p := e2e.Start(c.t, e2e.Command{Path: "curl", Args: []string{"-sS", "-N", c.base + id + "/stream?" + q.Encode()}})
	p.Stdout.Await(c.t, `data: {"type":"connected"`)
	return p
}

// typesIn returns the types of the events in a stream, adjacent events of one type only
// once. It leaves out types that the original API did not have.
func typesIn(t *testing.T, stream string) []string {
	newer := map[protocol.EventType]bool{protocol.EventPromptQueued: true, protocol.EventAgentStatus: true, protocol.EventAgentUpdated: true}
	var types []string
	for line := range strings.Lines(stream) {
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var e struct{ Type protocol.EventType }
		require.NoError(t, json.Unmarshal([]byte(data), &e))
		repeated := len(types) > 0 && types[len(types)-1] == string(e.Type)
		if !newer[e.Type] && !repeated {
			types = append(types, string(e.Type))
		}
	}
	return types
}
