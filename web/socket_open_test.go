package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestSocket_Handshake(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.web.AllowOrigins, s.web.InsecureOpen = []string{"https://chat.example.com"}, true })
	s := w.share(protocol.ModeCommentOnly)
	v1 := []string{protocol.Subprotocol}
	t.Run("the subprotocol is chosen", func(t *testing.T) {
		c, _, err := w.in(t).tryDial(s.ID, []string{"parley.v9", protocol.Subprotocol})
		require.NoError(t, err)
		require.Equal(t, protocol.Subprotocol, c.conn.Subprotocol())
	})
	t.Run("no offered subprotocol means v1", func(t *testing.T) {
		c, _, err := w.in(t).tryDial(s.ID, nil)
		require.NoError(t, err)
		c.send(commandLine("1", "ping", nil))
		require.Equal(t, &protocol.PongMessage{ID: "1"}, c.next())
	})
	t.Run("unknown subprotocols are refused with the known ones", func(t *testing.T) {
		_, res, err := w.in(t).tryDial(s.ID, []string{"parley.v2", "chat"})
		require.Error(t, err)
		require.Equal(t, http.StatusBadRequest, res.StatusCode)
		body := make([]byte, 512)
		n, _ := res.Body.Read(body)
		require.Contains(t, string(body[:n]), "INVALID_REQUEST")
		require.Contains(t, string(body[:n]), protocol.Subprotocol)
	})
	t.Run("a page of another site is refused", func(t *testing.T) {
		for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1:1"} {
			_, res, err := w.in(t).tryDial(s.ID, v1, "Origin", origin)
			require.Error(t, err)
			require.Equal(t, http.StatusForbidden, res.StatusCode, origin)
		}
	})
	t.Run("the server's own page and a listed one are accepted", func(t *testing.T) {
		for _, origin := range []string{w.url, "https://chat.example.com"} {
			_, _, err := w.in(t).tryDial(s.ID, v1, "Origin", origin)
			require.NoError(t, err, origin)
		}
	})
	t.Run("a plain request is refused with the reason", func(t *testing.T) {
		w.in(t).call("GET", s.path("/ws"), nil).fails(protocol.CodeInvalidRequest)
	})
	t.Run("the handshake does not show whether the session exists", func(t *testing.T) {
		c := w.in(t).dial(uuid.NewString())
		c.send(commandLine("1", "join", object{"inviteToken": "x", "userId": "u"}))
		c.fails("1", protocol.CodeSessionNotFound)
		c.closed(protocol.CloseNoSession)
	})
}

// A first command that fails is answered with its error, and the connection is closed
// with the close code of the catalogue.
func TestSocket_FirstCommandThatFails(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	gone := s.join("gus", protocol.RoleViewer)
	s.leave(gone)
	removed := s.join("rudi", protocol.RoleViewer)
	s.command(s.Host, "remove", object{"participantId": removed.ID, "keepInvite": true}).ok(http.StatusOK, nil)
	ended := w.shareOn(s.Agent, protocol.ModeViewOnly)
	ended.close()
	resume := func(id, token string) string {
		return commandLine("1", "resume", object{"participantId": id, "participantToken": token})
	}
	join := func(invite, user string) string {
		return commandLine("1", "join", object{"inviteToken": invite, "userId": user})
	}
	for name, row := range map[string]struct {
		session, line string
		code          protocol.Code
		close         int
	}{
		"wrong invite":        {s.ID, join("x", "u"), protocol.CodeInvalidInviteToken, 4401},
		"blank user":          {s.ID, join(s.Invite, " "), protocol.CodeMissingUserID, 4400},
		"a present user":      {s.ID, join(s.Invite, "hana"), protocol.CodeUserAlreadyJoined, 4401},
		"unknown session":     {"x", resume("x", "y"), protocol.CodeSessionNotFound, 4404},
		"ended session":       {ended.ID, resume(ended.Host.ID, ended.Host.Token), protocol.CodeSessionInactive, 4409},
		"unknown participant": {s.ID, resume("x", "y"), protocol.CodeParticipantNotFound, 4401},
		"wrong token":         {s.ID, resume(s.Host.ID, "y"), protocol.CodeInvalidParticipantToken, 4401},
		"left already":        {s.ID, resume(gone.ID, gone.Token), protocol.CodeParticipantInactive, 4401},
		"barred":              {s.ID, join(s.Invite, "rudi"), protocol.CodeParticipantRemoved, 4403},
		"another command":     {s.ID, commandLine("1", "chat", object{"text": "x"}), protocol.CodeInvalidRequest, 4400},
		"unknown command":     {s.ID, commandLine("1", "dance", nil), protocol.CodeInvalidRequest, 4400},
		"missing member":      {s.ID, commandLine("1", "resume", nil), protocol.CodeInvalidRequest, 4400},
	} {
		t.Run(name, func(t *testing.T) {
			c := w.in(t).dial(row.session)
			c.send(row.line)
			c.fails("1", row.code)
			c.closed(row.close)
		})
	}
}

func TestSocket_NotTheProtocol(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	for name, line := range map[string]string{
		"no JSON": "hello", "a list": "[]", "no type": `{"id":"1"}`, "a type that is no text": `{"id":"1","type":7}`,
		"null": "null", "half an object": `{"id":"1","type":"ping"`,
	} {
		t.Run(name, func(t *testing.T) {
			c := w.in(t).dial(s.ID)
			c.send(line)
			c.closed(protocol.CloseNotProtocol)
			c, _ = s.in(t).connect(s.Host)
			c.send(commandLine("1", "ping", nil), line)
			c.closed(protocol.CloseNotProtocol)
		})
	}
	for name, text := range map[string]string{
		"bytes that are no text": "\xff\xfe", "Latin-1": "caf\xe9", "half a character at the end": "caf\xc3",
		"a surrogate in UTF-8": "\xed\xa0\x80", "more bytes than needed": "\xc0\xaf",
	} {
		t.Run(name, func(t *testing.T) {
			line := `{"id":"1","type":"chat","payload":{"text":"` + text + `"}}`
			c := w.in(t).dial(s.ID)
			c.send(line)
			c.closed(protocol.CloseNotText)
			c, _ = s.in(t).connect(s.Host)
			c.send(commandLine("2", "chat", object{"text": "said in the same message"}), line)
			c.closed(protocol.CloseNotText)
		})
	}
	require.NotContains(t, string(w.call("GET", s.path("/messages"), nil).body), "said in")
	t.Run("a character in two frames is whole", func(t *testing.T) {
		c, _ := s.in(t).connect(s.Host)
		line := commandLine("1", "ping", object{"more": "é"})
		at := strings.IndexByte(line, '\xc3') + 1
		m, err := c.conn.Writer(c.ctx, websocket.MessageText)
		require.NoError(t, err)
		for _, part := range []string{line[:at], line[at:]} {
			_, err = m.Write([]byte(part))
			require.NoError(t, err)
		}
		require.NoError(t, m.Close())
		require.Equal(t, &protocol.PongMessage{ID: "1"}, c.next())
	})
	t.Run("half of a surrogate pair is refused, and the connection stays open", func(t *testing.T) {
		c, _ := s.in(t).connect(s.Host)
		c.send(`{"id":"1","type":"chat","payload":{"text":"\ud83d"}}`, `{"id":"\ud83d","type":"ping"}`, commandLine("2", "ping", nil))
		c.fails("1", protocol.CodeInvalidRequest)
		c.fails("", protocol.CodeInvalidRequest)
		require.Equal(t, &protocol.PongMessage{ID: "2"}, c.next())
	})
}

func TestSocket_Messages(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.web.Limits = protocol.DefaultLimits; s.web.Limits.FrameBytes = 64 << 10 })
	s := w.share(protocol.ModeCommentOnly)
	t.Run("a binary message", func(t *testing.T) {
		c, _ := s.in(t).connect(s.Host)
		require.NoError(t, c.conn.Write(c.ctx, websocket.MessageBinary, []byte(commandLine("1", "ping", nil))))
		c.closed(protocol.CloseNotProtocol)
	})
	t.Run("a message that is too big", func(t *testing.T) {
		c, _ := s.in(t).connect(s.Host)
		big := make([]byte, 64<<10+1)
		_ = c.conn.Write(c.ctx, websocket.MessageText, big) // fails if the server has closed already
		c.closed(protocol.CloseTooBig)
	})
	t.Run("a message of the largest size", func(t *testing.T) {
		c, _ := s.in(t).connect(s.Host)
		ping := commandLine("1", "ping", nil)
		c.send(ping + strings.Repeat(" ", 64<<10-len(ping)))
		require.Equal(t, &protocol.PongMessage{ID: "1"}, c.next())
	})
	t.Run("blank lines are ignored", func(t *testing.T) {
		c, _ := s.in(t).connect(s.Host)
		c.send("", "\n\n", " ", commandLine("1", "ping", nil))
		require.Equal(t, &protocol.PongMessage{ID: "1"}, c.next())
	})
}
