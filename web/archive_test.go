package web_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestArchive(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly).settle()
	gil, rob := s.join("gil", protocol.RoleCollaborator), s.join("rob", protocol.RoleViewer)
	s.say(gil, "0")
	s.say(gil, "1")
	s.leave(gil)
	s.say(s.Host, "2")
	s.command(s.Host, "remove", object{"participantId": rob.ID}).ok(http.StatusOK, nil)
	get := func(t *testing.T, query string, p person) protocol.ArchiveAnswer {
		var answer protocol.ArchiveAnswer
		r := w.in(t).call("GET", s.path("/archive?"+query), nil, p.headers()...)
		members(t, r.object(http.StatusOK), "events", "session", "cursor", "more", "gap")
		r.ok(http.StatusOK, &answer)
		return answer
	}
	check := func(t *testing.T) {
		t.Run("can be read by a participant who has left", func(t *testing.T) {
			require.Equal(t, "012", said(t, get(t, "", gil).Events))
		})
		t.Run("accepts credentials in the query", func(t *testing.T) {
			w.in(t).call("GET", s.path("/archive?"+gil.query()), nil).ok(http.StatusOK, nil)
		})
		t.Run("has pages, forward and backward", func(t *testing.T) {
			all := get(t, "", gil)
			first := get(t, "limit=3", gil)
			require.Len(t, first.Events, 3)
			require.True(t, first.More)
			rest := get(t, "cursor="+first.Cursor, gil)
			require.Equal(t, all.Events, append(first.Events, rest.Events...))
			require.False(t, rest.More)
			require.Equal(t, first.Events, get(t, "limit=3&before="+cursorIn(t, all.Events[3]), gil).Events)
			require.True(t, get(t, "cursor=nonsense", gil).Gap)
		})
		t.Run("cannot be read by others", func(t *testing.T) {
			w.in(t).call("GET", s.path("/archive"), nil).fails(protocol.CodeInvalidRequest)
			w.in(t).call("GET", s.path("/archive"), nil, rob.headers()...).fails(protocol.CodeParticipantRemoved)
			stranger := person{ID: gil.ID, Token: rob.Token}
			w.in(t).call("GET", s.path("/archive"), nil, stranger.headers()...).fails(protocol.CodeInvalidParticipantToken)
			w.in(t).call("GET", sharedAPI+"/x/archive", nil, gil.headers()...).fails(protocol.CodeSessionNotFound)
		})
		t.Run("checks the query", func(t *testing.T) {
			for _, query := range []string{"limit=0", "limit=501", "limit=x", "cursor=a&before=b"} {
				w.in(t).call("GET", s.path("/archive?"+query), nil, gil.headers()...).fails(protocol.CodeInvalidRequest)
			}
		})
	}
	t.Run("of an active session", check)
	s.close()
	t.Run("of a closed session", check)
	t.Run("does not change the calls of the original API", func(t *testing.T) {
		w.in(t).call("GET", s.path(""), nil, gil.headers()...).fails(protocol.CodeSessionInactive)
		w.in(t).call("GET", s.path("/messages"), nil, gil.headers()...).fails(protocol.CodeSessionInactive)
		w.in(t).call("GET", s.path("/stream?"+gil.query()), nil).fails(protocol.CodeSessionInactive)
		w.in(t).call("GET", s.path("/events?"+gil.query()), nil).fails(protocol.CodeSessionInactive)
		w.in(t).call("POST", s.path("/messages"), gil.with(object{"text": "x"})).fails(protocol.CodeSessionInactive)
	})
}

// said joins the texts of the messages among the events.
func said(t *testing.T, events []json.RawMessage) (text string) {
	for _, raw := range events {
		var e protocol.Event
		require.NoError(t, json.Unmarshal(raw, &e))
		if m, ok := e.Payload.(*protocol.MessageCreated); ok {
			text += m.Message.Text
		}
	}
	return text
}

func cursorIn(t *testing.T, event json.RawMessage) string {
	var head struct{ Cursor string }
	require.NoError(t, json.Unmarshal(event, &head))
	return head.Cursor
}

// A closed session can be read over each transport.
func TestReadOnly(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly).settle()
	gil := s.join("gil", protocol.RoleCollaborator)
	s.say(gil, "0")
	s.close()
	resume := object{"participantId": gil.ID, "participantToken": gil.Token, "readOnly": true}
	t.Run("over a WebSocket", func(t *testing.T) {
		c := w.in(t).dial(s.ID)
		c.send(commandLine("1", "resume", resume))
		welcome := c.welcome()
		require.True(t, welcome.ReadOnly)
		require.Equal(t, protocol.StatusClosed, welcome.Session.Status)
		c.send(commandLine("2", "history", object{"limit": 500}))
		var page protocol.HistoryAnswer
		require.NoError(t, json.Unmarshal(c.ok("2").Payload, &page))
		require.Equal(t, "0", said(t, page.Events))
		c.send(commandLine("3", "chat", object{"text": "x"}))
		c.fails("3", protocol.CodeReadOnly)
		c.send(commandLine("4", "ping", nil))
		require.Equal(t, &protocol.PongMessage{ID: "4"}, c.next(), "the connection stays")
	})
	t.Run("over plain HTTP", func(t *testing.T) {
		s := s.in(t)
		require.Contains(t, string(s.command(person{}, "resume", resume).ok(http.StatusOK, nil).body), `"readOnly":true`)
		require.Contains(t, string(s.command(gil, "history", object{"limit": 500}).ok(http.StatusOK, nil).body), protocol.EventSessionClosed)
		require.Contains(t, string(s.command(gil, "chat", object{"text": "x"}).body), protocol.CodeSessionInactive)
		es := s.stream(gil, "&readOnly=true")
		require.Equal(t, protocol.TypeConnected, string(es.next().Type))
	})
	t.Run("only if the client asks for it", func(t *testing.T) {
		c := w.in(t).dial(s.ID)
		c.send(commandLine("1", "resume", object{"participantId": gil.ID, "participantToken": gil.Token}))
		c.fails("1", protocol.CodeSessionInactive)
		c.closed(protocol.CloseSessionEnded)
	})
}
