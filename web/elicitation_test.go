package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// filledIn is content that the demo agent's form accepts.
var filledIn = object{"name": "hunter2", "region": "us-1", "checks": []string{"lint"}, "replicas": 3}

func TestContract_Answer(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	gil := s.join("gil", protocol.RoleCollaborator)
	host, _ := s.connect(s.Host)
	guest, _ := s.connect(gil)
	answer := func(t *testing.T, who person, body object, headers ...string) reply {
		return w.in(t).call("POST", s.path("/answer"), who.with(body), headers...)
	}
	ask := func(t *testing.T, prompt string) string {
		host.send(commandLine(prompt, "prompt", object{"prompt": prompt}))
		return nextOf[*protocol.ElicitationRequested](t, host).RequestID
	}

	id := ask(t, "form")
	accept := object{"requestId": id, "action": "accept", "content": filledIn}
	t.Run("only the host", func(t *testing.T) {
		answer(t, gil, accept).fails(protocol.CodeHostRequired)
	})
	t.Run("only what the form allows", func(t *testing.T) {
		for _, content := range []any{nil, object{}, object{"name": "Not Allowed", "region": "us-1", "checks": []string{"lint"}},
			object{"name": "spring", "region": "mars", "checks": []string{"lint"}}, object{"name": "spring", "region": "us-1", "checks": []string{}}, []int{1}, "x"} {
			answer(t, s.Host, object{"requestId": id, "action": "accept", "content": content}).fails(protocol.CodeInvalidRequest)
		}
		answer(t, s.Host, object{"requestId": id, "action": "yes"}).fails(protocol.CodeInvalidAction)
		answer(t, s.Host, object{"requestId": id, "action": "decline", "content": filledIn}).fails(protocol.CodeInvalidRequest)
		answer(t, s.Host, object{"requestId": "none", "action": "decline"}).fails(protocol.CodeElicitationNotFound)
	})
	t.Run("once", func(t *testing.T) {
		for range 2 {
			var given protocol.ElicitationAnswer
			answer(t, s.Host, accept, "Idempotency-Key", "once").ok(http.StatusOK, &given)
			require.Contains(t, string(given.Content), `"name":"hunter2"`)
		}
		answer(t, s.Host, accept).fails(protocol.CodeElicitationAlreadyResolved)
		require.Equal(t, protocol.ElicitationAccept, nextOf[*protocol.ElicitationResolved](t, guest).Action)
	})
	t.Run("which only the host can read again", func(t *testing.T) {
		var item protocol.ItemAnswer
		s.command(s.Host, "item", object{"requestId": id}).okLine(&item)
		require.Contains(t, string(item.Answer.Content), `"name":"hunter2"`)
		s.command(gil, "item", object{"requestId": id}).errorLine("c-item", protocol.CodeHostRequired)
	})
	t.Run("the address of a page is in the answer alone", func(t *testing.T) {
		page := ask(t, "page")
		var given protocol.ElicitationAnswer
		answer(t, s.Host, object{"requestId": page, "action": "accept"}).ok(http.StatusOK, &given)
		require.Equal(t, "https://example.com/sign-in?state=demo", given.URL)
		require.Equal(t, page, nextOf[*protocol.ElicitationCompleted](t, guest).RequestID)
	})
}

// A form's answer is also what the demo agent says, so this test reads the address of a page.
func TestElicitation_no_read_of_a_guest_has_the_address(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	gil := s.join("gil", protocol.RoleCollaborator)
	host, _ := s.connect(s.Host)
	guest, _ := s.connect(gil)
	stream := s.stream(gil, "")
	s.command(s.Host, "prompt", object{"prompt": "page"}).okLine(nil)
	id := nextOf[*protocol.ElicitationRequested](t, host).RequestID
	s.command(s.Host, "answer", object{"requestId": id, "action": "accept"}).okLine(nil)
	read := map[string]string{}
	for _, c := range []*wsClient{host, guest} {
		var lines []byte
		for done := false; !done; {
			e := c.event()
			line, err := protocol.Encode(e)
			require.NoError(t, err)
			lines = append(lines, line...)
			_, done = e.Payload.(*protocol.PromptDispatchCompleted)
		}
		read["the events of a socket"] = string(lines)
	}
	for _, e := range stream.until(protocol.EventPromptDispatchCompleted) {
		read["the stream"] += e.Data
	}
	get := func(path string) string {
		return string(w.call("GET", s.path(path), nil, gil.headers()...).ok(http.StatusOK, nil).body)
	}
	read["the archive"], read["a long poll"] = get("/archive"), get("/events?limit=500")
	read["the state"], read["the messages"] = get(""), get("/messages")
	read["the history"] = string(s.command(gil, "history", object{"limit": 500}).okLine(nil).Payload)
	read["a welcome"] = string(s.command(gil, "resume", object{"participantId": gil.ID, "participantToken": gil.Token, "recent": 200}).ok(http.StatusOK, nil).body)
	require.Contains(t, read["a welcome"], "https://example.com")
	for name, body := range read {
		require.NotContains(t, body, "state=demo", name)
	}
}
