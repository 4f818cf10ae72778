package web_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// A client that is too slow is closed with 4001. Others go on meanwhile, and the
// client resumes where it was.
func TestSocket_SlowClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.hub.MaxBacklog = 64 << 10 })
		s := w.share(protocol.ModeCommentOnly)
		slow, welcome := s.connect(s.Host)
		fast, _ := s.connect(s.join("gil", protocol.RoleViewer))
		text := strings.Repeat("x", 20<<10)
		const said = 20
		begin := time.Now()
		for range said {
			s.say(s.Host, text)
			for fast.event().Type != protocol.EventMessageCreated {
			}
		}
		require.Zero(t, time.Since(begin), "no client waits")
		last, seen := welcome.Cursor, 0
		for {
			m, err := slow.read()
			if err != nil {
				require.Equal(t, websocket.StatusCode(protocol.CloseTooSlow), websocket.CloseStatus(err), "%v", err)
				break
			}
			if e, ok := m.(*protocol.Event); ok {
				last = e.Cursor.String()
				if e.Type == protocol.EventMessageCreated {
					seen++
				}
			}
		}
		require.Less(t, seen, said)
		again, welcome := s.connect(s.Host, object{"cursor": last})
		require.Equal(t, protocol.ResumeOK, welcome.Resume)
		for seen < said {
			if again.event().Type == protocol.EventMessageCreated {
				seen++
			}
		}
		w.stop()
	})
}

// Lines that wait are sent together, in messages of a bounded size.
func TestSocket_Batching(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	_, welcome := s.connect(s.Host)
	text := strings.Repeat("x", 8<<10)
	const messages = 100
	for range messages {
		s.say(s.Host, text)
	}
	c, _ := s.connect(s.Host, object{"cursor": welcome.Cursor})
	for range messages {
		c.event()
	}
	require.Less(t, len(c.counts), messages/4, "a replay is a few messages")
	for _, n := range c.counts {
		require.LessOrEqual(t, n*len(text), 256<<10)
	}
}
