package web_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestSocket_FirstCommandTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		begin := time.Now()
		silent, pinging := w.dial(s.ID), w.dial(s.ID)
		pinging.send(commandLine("1", "ping", nil))
		pinging.next()
		joined, _ := s.connect(s.Host)
		silent.closed(protocol.CloseNoCommandInTime)
		pinging.closed(protocol.CloseNoCommandInTime)
		require.Equal(t, protocol.FirstCommandTimeout, time.Since(begin))
		<-time.After(protocol.FirstCommandTimeout)
		joined.send(commandLine("1", "ping", nil))
		answer := joined.next()
		for _, isEvent := answer.(*protocol.Event); isEvent; _, isEvent = answer.(*protocol.Event) {
			answer = joined.next() // the agent may still announce its commands
		}
		require.Equal(t, &protocol.PongMessage{ID: "1"}, answer)
		w.stop()
	})
}

func TestSocket_Pings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		alive, _ := s.connect(s.Host)
		dead, _ := s.connect(s.join("gil", protocol.RoleViewer)) // it is not read, so pings get no answer
		begin := time.Now()
		said := later(10*time.Minute, func() { s.say(s.Host, "much later") })
		for alive.event().Type != protocol.EventMessageCreated {
		}
		<-said
		require.Equal(t, 10*time.Minute, time.Since(begin))
		_, err := dead.read()
		for err == nil {
			_, err = dead.read()
		}
		require.Equal(t, websocket.StatusCode(-1), websocket.CloseStatus(err), "no close frame: %v", err)
		require.Equal(t, 10*time.Minute, time.Since(begin), "it was dropped before")
		w.stop()
	})
}

func TestSocket_Pings_without_pongs_end_the_connection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.share(protocol.ModeCommentOnly)
		ctx, cancel := context.WithTimeout(t.Context(), w.testTimeout)
		defer cancel()
		begin, pings := time.Now(), 0
		conn, _, err := websocket.Dial(ctx, w.url+sharedAPI+"/"+s.ID+"/ws", &websocket.DialOptions{
			HTTPClient:     w.client,
			OnPingReceived: func(context.Context, []byte) (answer bool) { pings++; return false },
		})
		require.NoError(t, err)
		mute := &wsClient{t: t, conn: conn, ctx: ctx}
		mute.send(commandLine("r", "resume", object{"participantId": s.Host.ID, "participantToken": s.Host.Token}))
		mute.welcome()
		for err == nil {
			_, err = mute.read() // so that no write is in progress
		}
		require.Equal(t, websocket.StatusCode(-1), websocket.CloseStatus(err), "no close frame: %v", err)
		require.Equal(t, 2, pings)
		require.Equal(t, 3*protocol.Heartbeat, time.Since(begin))
		w.stop()
	})
}

func TestSocket_Shutdown(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	joined, _ := s.connect(s.Host)
	fresh := w.dial(s.ID)
	done := make(chan error, 1)
	go func() { done <- w.server.Shutdown(t.Context()) }()
	joined.closed(protocol.CloseGoingAway)
	fresh.closed(protocol.CloseGoingAway)
	require.NoError(t, <-done)
	_, res, err := w.tryDial(s.ID, nil)
	require.Error(t, err)
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)

	t.Run("returns when its context ends, whatever connections remain", func(t *testing.T) {
		w := newWorld(t)
		s := w.share(protocol.ModeCommentOnly)
		c, _ := s.connect(s.Host)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, w.server.Shutdown(ctx), context.Canceled)
		c.closed(protocol.CloseGoingAway)
	})
}
