package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// reading is what a connection receives of a turn: its events, and the agent's text.
type reading struct {
	pieces  int // events with a piece of the text
	text    string
	cursors []string
}

// add takes an event, and reports whether the turn has ended.
func (r *reading) add(t *testing.T, e *protocol.Event) (ended bool) {
	r.cursors = append(r.cursors, e.Cursor.String())
	if p, ok := e.Payload.(*protocol.HostSessionUpdate); ok {
		var n struct {
			Params struct {
				Update struct {
					SessionUpdate string
					Content       json.RawMessage
				}
			}
		}
		require.NoError(t, json.Unmarshal(p.Notification, &n))
		if n.Params.Update.SessionUpdate == "agent_message_chunk" {
			var content struct{ Text string }
			require.NoError(t, json.Unmarshal(n.Params.Update.Content, &content))
			r.pieces++
			r.text += content.Text
		}
	}
	return e.Type == protocol.EventPromptDispatchCompleted
}

// turn reads until the turn has ended.
func (c *wsClient) turn(t *testing.T) (r reading) {
	t.Helper()
	for !r.add(t, c.event()) {
	}
	return r
}

func TestMerged_streams_have_fewer_events_with_the_same_text(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	plain, _ := s.connect(s.Host)
	gathered, _ := s.connect(s.Host, object{"maxDelayMs": 500})
	stream := s.stream(s.Host, "&maxDelayMs=500")
	s.prompt(s.Host, "long")
	whole := plain.turn(t)
	require.Greater(t, whole.pieces, 30)

	lean := gathered.turn(t)
	require.Equal(t, whole.text, lean.text)
	require.Less(t, lean.pieces, whole.pieces/3)
	require.Subset(t, whole.cursors, lean.cursors, "each cursor names an event")

	var streamed reading
	for {
		e := stream.next()
		if e.Type != protocol.TypeConnected && streamed.add(t, decodeEvent(t, []byte(e.Data))) {
			break
		}
	}
	require.Equal(t, whole.text, streamed.text)
	require.Less(t, streamed.pieces, whole.pieces/3)

	t.Run("history is joined, and pages meet without a gap or a repetition", func(t *testing.T) {
		var pages [][]*protocol.Event
		for before := ""; ; {
			var page protocol.HistoryAnswer
			s.command(s.Host, "history", object{"before": before, "limit": 25}).okLine(&page)
			var events []*protocol.Event
			for _, raw := range page.Events {
				events = append(events, decodeEvent(t, raw))
			}
			pages = append(pages, events)
			if before = events[0].Cursor.String(); !page.More {
				break
			}
		}
		slices.Reverse(pages)
		var all reading
		for _, e := range slices.Concat(pages...) {
			all.add(t, e)
		}
		require.Equal(t, whole.text, all.text)
		require.Less(t, all.pieces, whole.pieces/3)
	})
	t.Run("a poll has each piece, as it was streamed", func(t *testing.T) {
		var polled reading
		for after, ended := whole.cursors[0], false; !ended; {
			var page protocol.EventsAnswer
			w.in(t).call("GET", s.path("/events?limit=500&after="+after+"&"+s.Host.query()), nil).ok(http.StatusOK, &page)
			for _, raw := range page.Events {
				ended = polled.add(t, decodeEvent(t, raw)) || ended
			}
			after = page.Cursor
		}
		require.Equal(t, whole.cursors[1:], polled.cursors)
	})
	t.Run("a late joiner receives the joined text", func(t *testing.T) {
		_, welcome := s.connect(s.Host, object{"recent": 200})
		var recent reading
		for _, raw := range welcome.Recent {
			recent.add(t, decodeEvent(t, raw))
		}
		require.True(t, strings.HasSuffix(whole.text, recent.text))
		require.Less(t, recent.pieces, 60, "of 200 pieces")
	})
	t.Run("a client resumes after each cursor of a joined event", func(t *testing.T) {
		for _, cursor := range lean.cursors[max(0, len(lean.cursors)-8):] {
			c, welcome := s.connect(s.Host, object{"cursor": cursor, "maxDelayMs": 0})
			require.Equal(t, protocol.ResumeOK, welcome.Resume)
			if cursor != lean.cursors[len(lean.cursors)-1] {
				require.Greater(t, c.event().Cursor.Seq, sequence(t, cursor))
			}
			_ = c.conn.CloseNow()
		}
	})
}

func decodeEvent(t *testing.T, line []byte) *protocol.Event {
	t.Helper()
	m, err := protocol.DecodeServer(line)
	require.NoError(t, err)
	e, ok := m.(*protocol.Event)
	require.True(t, ok, "%T", m)
	return e
}

func sequence(t *testing.T, cursor string) uint64 {
	t.Helper()
	c, err := protocol.ParseCursor(cursor)
	require.NoError(t, err)
	return c.Seq
}

func TestMerged_refuses_other_delays(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptDirect)
	for _, ms := range []any{-1, 1001, "5", 1.5} {
		c := w.dial(s.ID)
		c.send(commandLine("r", "resume", object{"participantId": s.Host.ID, "participantToken": s.Host.Token, "maxDelayMs": ms}))
		c.fails("r", protocol.CodeInvalidRequest)
		w.call("GET", s.path("/stream?"+s.Host.query()+fmt.Sprintf("&maxDelayMs=%v", ms)+"x"), nil).fails(protocol.CodeInvalidRequest)
	}
}
