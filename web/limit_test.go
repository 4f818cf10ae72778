package web_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
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

// A client that goes on in spite of refusals waits for further ones, so that a flood is answered
// at little more than twice the limit. It does not hold up others.
func TestFlood_of_refused_requests_is_slowed_down(t *testing.T) {
	for name, send := range map[string]func(w *world, s *session) reply{
		"wrong tokens": func(w *world, s *session) reply {
			return w.call("POST", s.path("/messages"), person{ID: s.Host.ID, Token: "guess"}.with(object{"text": "x"}))
		},
		"wrong invites": func(w *world, s *session) reply {
			return w.call("POST", s.path("/join"), object{"inviteToken": "guess", "userId": "eve"})
		},
		"joins": func(w *world, s *session) reply {
			return w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": uuid.NewString()})
		},
		"reads": func(w *world, s *session) reply { return w.call("GET", s.path(""), nil) },
		"commands": func(w *world, s *session) reply {
			return w.call("POST", s.path("/messages"), s.Host.with(object{"text": "x"}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t, func(s *setup) { s.remote, s.web = "192.0.2.7:4000", web.Options{CommandRate: 20, CommandBurst: 60} })
				s := w.share(protocol.ModeCommentOnly)
				gil := s.join("gil", protocol.RoleCollaborator)
				w.client.CloseIdleConnections() // which are of a client that is known
				begin, answers, perSecond := time.Now(), 0, map[string]int{"reads": 50, "commands": 20}[name]
				if perSecond == 0 {
					perSecond = 10
				}
				for time.Since(begin) < time.Minute {
					send(w, s)
					answers++
				}
				require.Less(t, answers, 60*perSecond*5/2, "in a minute, although each is sent at once")
				begin = time.Now()
				s.say(gil, "others at the same address go on")
				require.Zero(t, time.Since(begin))
				w.stop()
			})
		})
	}
}

// The answers that wait do not keep a server from stopping.
func TestFlood_of_refused_requests_does_not_delay_a_stop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.remote, s.web = "192.0.2.7:4000", web.Options{JoinRate: 0.01} })
		s := w.share(protocol.ModeCommentOnly)
		wrong := person{ID: s.Host.ID, Token: "guess"}.with(object{"text": "x"})
		for range 21 {
			w.call("POST", s.path("/messages"), wrong)
		}
		begin := time.Now()
		waiting := later(0, func() { w.call("POST", s.path("/messages"), wrong) })
		synctest.Wait()
		w.stop()
		<-waiting
		require.Less(t, time.Since(begin), time.Second)
	})
}

// A participant has one limit over all connections, WebSockets and plain HTTP, so that neither a
// second connection nor coming back gives another burst.
func TestSocket_RateLimit_is_that_of_the_participant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.web = web.Options{CommandRate: 20, CommandBurst: 60} })
		s := w.share(protocol.ModeCommentOnly)
		send := func(c *wsClient, n int) (taken int) {
			for i := range n {
				c.send(commandLine(fmt.Sprint(i), "typing", object{"active": true}))
				if _, ok := c.answer().(*protocol.OKMessage); ok {
					taken++
				}
			}
			return taken
		}
		first, _ := s.connect(s.Host)
		second, _ := s.connect(s.Host)
		require.Equal(t, 40, send(first, 40))
		require.Equal(t, 20, send(second, 40))
		w.call("POST", s.path("/messages"), s.Host.with(object{"text": "x"})).fails(protocol.CodeRateLimited)
		gil, _ := s.connect(s.join("gil", protocol.RoleCollaborator))
		require.Equal(t, 40, send(gil, 40), "others go on")

		for range 5 { // a client that reconnects and goes on has to wait
			c, _ := s.connect(s.Host)
			flooded := later(0, func() {
				for range 200 {
					_ = c.conn.Write(c.ctx, websocket.MessageText, []byte(commandLine("x", "ping", nil)))
				}
			})
			c.closed(protocol.CloseRateLimited)
			<-flooded
		}
		begin := time.Now()
		s.connect(s.Host)
		require.GreaterOrEqual(t, time.Since(begin), time.Second)
		w.stop()
	})
}
