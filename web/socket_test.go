package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestSocket_Session(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	c := w.dial(s.ID)
	c.send(commandLine("j", "join", object{"inviteToken": s.Invite, "userId": "gil", "recent": 10}))
	welcome := c.welcome()
	require.NotNil(t, welcome.Participant.AccessToken)
	require.Equal(t, protocol.ResumeNew, welcome.Resume)
	require.NotEmpty(t, welcome.Recent)
	require.Equal(t, protocol.DefaultLimits, welcome.Limits)
	gil := personOf(welcome.Participant)

	t.Run("several commands in one message are answered in order", func(t *testing.T) {
		requireAnswersInOrder(t, c)
	})
	t.Run("a repeated command is a duplicate", func(t *testing.T) {
		c.send(commandLine("1", "chat", object{"text": "one"}))
		require.True(t, c.ok("1").Duplicate)
	})
	t.Run("a second join or resume is refused, and the connection stays open", func(t *testing.T) {
		c.send(commandLine("6", "resume", object{"participantId": gil.ID, "participantToken": gil.Token}))
		c.fails("6", protocol.CodeInvalidRequest)
		c.send(commandLine("7", "ping", nil))
		require.Equal(t, &protocol.PongMessage{ID: "7"}, c.next())
	})
	t.Run("all WebSockets and streams receive the same bytes", func(t *testing.T) {
		es := s.in(t).stream(s.Host, "")
		es.next()
		host, _ := s.in(t).connect(s.Host)
		s.in(t).say(gil, "<same> & 🙂")
		e := es.next()
		for _, client := range []*wsClient{c, host} {
			got, err := protocol.Marshal(client.event())
			require.NoError(t, err)
			require.Equal(t, e.Data, string(got))
		}
	})
	t.Run("removal closes with 4403, and the end with 4409", func(t *testing.T) {
		s := s.in(t)
		vera := s.join("vera", protocol.RoleViewer)
		v, _ := s.connect(vera)
		s.command(s.Host, "remove", object{"participantId": vera.ID}).ok(http.StatusOK, nil)
		require.Equal(t, protocol.EventInviteRotated, v.event().Type)
		require.Equal(t, protocol.EventParticipantLeft, v.event().Type)
		v.closed(protocol.CloseRemoved)
		s.close()
		for e := c.event(); e.Type != protocol.EventSessionClosed; e = c.event() {
		}
		c.closed(protocol.CloseSessionEnded)
	})
}

func TestSocket_Resume(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	c, welcome := s.connect(s.Host)
	s.say(s.Host, "0")
	last := c.event().Cursor.String()
	require.NoError(t, c.conn.CloseNow())
	for i := 1; i <= 50; i++ {
		s.say(s.Host, fmt.Sprint(i))
	}
	texts := func(t *testing.T, c *wsClient, n int) (list []string) {
		for len(list) < n {
			list = append(list, c.event().Payload.(*protocol.MessageCreated).Message.Text)
		}
		return list
	}
	t.Run("ok: missed events, then live ones", func(t *testing.T) {
		c, welcome := s.in(t).connect(s.Host, object{"cursor": last})
		require.Equal(t, protocol.ResumeOK, welcome.Resume)
		s.in(t).say(s.Host, "live")
		list := texts(t, c, 51)
		require.Equal(t, "1", list[0])
		require.Equal(t, "50", list[49])
		require.Equal(t, "live", list[50])
	})
	t.Run("gap: only live events", func(t *testing.T) {
		c, welcome := s.in(t).connect(s.Host, object{"cursor": "nonsense"})
		require.Equal(t, protocol.ResumeGap, welcome.Resume)
		s.in(t).say(s.Host, "now")
		require.Equal(t, []string{"now"}, texts(t, c, 1))
	})
	t.Run("new: without a cursor, live events", func(t *testing.T) {
		c, again := s.in(t).connect(s.Host)
		require.Equal(t, protocol.ResumeNew, again.Resume)
		require.NotEqual(t, welcome.Cursor, again.Cursor)
		s.in(t).say(s.Host, "next")
		require.Equal(t, []string{"next"}, texts(t, c, 1))
	})
}

func requireAnswersInOrder(t *testing.T, c *wsClient) {
	c.send(commandLine("1", "chat", object{"text": "one"}), "", commandLine("2", "ping", nil),
		commandLine("3", "dance", nil), commandLine("4", "chat", object{"text": ""}),
		commandLine("5", "chat", object{"text": "two"}))
	var answers []string
	for len(answers) < 5 {
		switch m := c.next().(type) {
		case *protocol.OKMessage:
			answers = append(answers, m.ID)
		case *protocol.PongMessage:
			answers = append(answers, m.ID)
		case *protocol.ErrorMessage:
			answers = append(answers, m.ID+" "+string(m.Error.Code))
		}
	}
	require.Equal(t, []string{"1", "2", "3 INVALID_REQUEST", "4 EMPTY_MESSAGE", "5"}, answers)
}
