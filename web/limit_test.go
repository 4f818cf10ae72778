package web_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

func TestSocket_RateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.web = web.Options{CommandRate: 20, CommandBurst: 60} })
		s := w.share(protocol.ModeCommentOnly)
		c, _ := s.connect(s.Host)
		pings := func(n int) (pongs, refused int) {
			for i := range n {
				c.send(commandLine(fmt.Sprint(i), "ping", nil))
				switch m := c.answer().(type) {
				case *protocol.PongMessage:
					pongs++
				case *protocol.ErrorMessage:
					require.Equal(t, protocol.CodeRateLimited, m.Error.Code)
					require.Equal(t, fmt.Sprint(i), m.ID)
					require.True(t, m.Error.Retryable)
					require.EqualValues(t, 50, m.Error.RetryAfterMS)
					refused++
				}
			}
			return pongs, refused
		}
		pongs, refused := pings(70)
		require.Equal(t, 60, pongs)
		require.Equal(t, 10, refused)
		<-time.After(time.Second)
		pongs, _ = pings(20)
		require.Equal(t, 20, pongs, "twenty per second are allowed again")
		pings(50)
		flooded := later(0, func() {
			for range 20 {
				_ = c.conn.Write(c.ctx, websocket.MessageText, []byte(commandLine("x", "ping", nil)))
			}
		})
		c.closed(protocol.CloseRateLimited)
		<-flooded
		w.stop()
	})
}

func TestREST_RateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.web = web.Options{CommandRate: 20, CommandBurst: 60} })
		s := w.share(protocol.ModeCommentOnly)
		for range 60 {
			s.say(s.Host, "x")
		}
		r := w.call("POST", s.path("/messages"), s.Host.with(object{"text": "x"}))
		r.fails(protocol.CodeRateLimited)
		require.Equal(t, "1", r.header.Get("Retry-After"))
		s.say(s.join("gil", protocol.RoleCollaborator), "others go on")
		w.call("POST", s.path("/messages"), person{ID: s.Host.ID, Token: "guess"}.with(object{"text": "x"})).
			fails(protocol.CodeInvalidParticipantToken)
		<-time.After(50 * time.Millisecond)
		s.say(s.Host, "x")
		w.stop()
	})
}
