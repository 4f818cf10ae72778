package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestPoll(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly).settle()
	poll := func(t *testing.T, query string) protocol.EventsAnswer {
		var answer protocol.EventsAnswer
		r := w.in(t).call("GET", s.path("/events?"+query), nil, s.Host.headers()...)
		members(t, r.object(http.StatusOK), "events", "cursor", "gap")
		r.ok(http.StatusOK, &answer)
		return answer
	}
	begin := poll(t, "")
	require.Empty(t, begin.Events)
	require.False(t, begin.Gap)
	for i := range 5 {
		s.say(s.Host, fmt.Sprint(i))
	}
	t.Run("present events are answered at once, in order", func(t *testing.T) {
		answer := poll(t, "after="+begin.Cursor)
		require.Equal(t, "01234", texts(t, answer.Events))
		require.Empty(t, poll(t, "after="+answer.Cursor).Events, "its cursor is the place after the last")
	})
	t.Run("limit leaves the rest for the next poll", func(t *testing.T) {
		first := poll(t, "limit=2&after="+begin.Cursor)
		require.Equal(t, "01", texts(t, first.Events))
		require.Equal(t, "23", texts(t, poll(t, "limit=2&after="+first.Cursor).Events))
	})
	t.Run("a cursor of another journal is a gap", func(t *testing.T) {
		other := w.in(t).shareOn(s.Agent, protocol.ModeViewOnly)
		var foreign protocol.EventsAnswer
		w.in(t).call("GET", other.path("/events"), nil, other.Host.headers()...).ok(http.StatusOK, &foreign)
		for _, cursor := range []string{"nonsense", foreign.Cursor} {
			answer := poll(t, "wait=30&after="+cursor)
			require.True(t, answer.Gap)
			require.Empty(t, answer.Events)
			require.Equal(t, poll(t, "").Cursor, answer.Cursor)
		}
	})
	t.Run("wait and limit are checked", func(t *testing.T) {
		for _, query := range []string{"wait=-1", "wait=soon", "limit=0", "limit=501", "limit=x"} {
			w.in(t).call("GET", s.path("/events?"+query), nil, s.Host.headers()...).fails(protocol.CodeInvalidRequest)
		}
	})
	t.Run("a repeated poll has the same cursor and no event twice", func(t *testing.T) {
		last := poll(t, "").Cursor
		for range 2 {
			r := w.in(t).call("GET", s.path("/events?after="+last), nil, s.Host.headers()...)
			require.JSONEq(t, fmt.Sprintf(`{"events":[],"cursor":%q,"gap":false}`, last), string(r.body))
		}
	})
	t.Run("a client can change from poll to stream", func(t *testing.T) {
		es := s.in(t).stream(s.Host, "&since="+begin.Cursor)
		es.next()
		require.Equal(t, protocol.EventMessageCreated, es.next().Type)
	})
}

func texts(t *testing.T, events []json.RawMessage) (all string) {
	t.Helper()
	for _, raw := range events {
		var e protocol.Event
		require.NoError(t, json.Unmarshal(raw, &e))
		all += e.Payload.(*protocol.MessageCreated).Message.Text
	}
	return all
}

func TestPoll_of_an_ended_session(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	gil, ida := s.join("gil", protocol.RoleViewer), s.join("ida", protocol.RoleViewer)
	begin := func(p person) (cursor string) {
		var answer protocol.EventsAnswer
		w.call("GET", s.path("/events"), nil, p.headers()...).ok(http.StatusOK, &answer)
		return answer.Cursor
	}(s.Host)
	poll := func(p person, after, query string) reply {
		return w.call("GET", s.path("/events?after="+after+query), nil, p.headers()...)
	}
	types := func(r reply) (all []protocol.EventType, cursor string) {
		var answer protocol.EventsAnswer
		r.ok(http.StatusOK, &answer)
		for _, raw := range answer.Events {
			var e protocol.Event
			require.NoError(t, json.Unmarshal(raw, &e))
			all = append(all, e.Type)
		}
		return all, answer.Cursor
	}
	s.leave(gil)
	all, cursor := types(poll(gil, begin, ""))
	require.Equal(t, []protocol.EventType{protocol.EventParticipantLeft}, all, "one's own leaving is still told")
	poll(gil, cursor, "").fails(protocol.CodeParticipantInactive)
	s.close()
	for _, p := range []person{s.Host, ida} {
		all, cursor = types(poll(p, begin, ""))
		require.Equal(t, protocol.EventSessionClosed, all[len(all)-1], "the end is still told")
		poll(p, cursor, "").fails(protocol.CodeSessionInactive)
		poll(p, cursor, "&wait=30").fails(protocol.CodeSessionInactive)
		all, _ = types(poll(p, cursor, "&readOnly=true"))
		require.Empty(t, all, "a reader may ask on")
	}
}

func TestPoll_Wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.share(protocol.ModeCommentOnly).settle()
		path := s.path("/events?" + s.Host.query())
		poll := func(query string) (answer protocol.EventsAnswer, took time.Duration) {
			begin := time.Now()
			w.call("GET", path+query, nil).ok(http.StatusOK, &answer)
			return answer, time.Since(begin)
		}
		begin, took := poll("")
		require.Zero(t, took)

		answer, took := poll("&wait=20&after=" + begin.Cursor)
		require.Empty(t, answer.Events)
		require.Equal(t, begin.Cursor, answer.Cursor)
		require.Equal(t, 20*time.Second, took)

		for _, long := range []string{"100000", "9223372036854775807"} {
			_, took = poll("&wait=" + long)
			require.Equal(t, time.Minute, took, "no poll waits longer")
		}

		cursor := begin.Cursor
		for _, after := range []string{"", "&after="} {
			if after != "" {
				after += cursor
			}
			said := later(3*time.Second, func() { s.say(s.Host, "x") })
			answer, took = poll("&wait=20" + after)
			<-said
			require.Len(t, answer.Events, 1)
			require.Equal(t, 3*time.Second, took)
			cursor = answer.Cursor
		}

		ended := later(3*time.Second, s.close)
		answer, _ = poll("&wait=20")
		<-ended
		require.Len(t, answer.Events, 1)
		require.Contains(t, string(answer.Events[0]), "session_closed")
		w.stop()
	})
}

// later calls f after d. It closes the returned channel after that.
func later(d time.Duration, f func()) <-chan struct{} {
	done := make(chan struct{})
	time.AfterFunc(d, func() { defer close(done); f() })
	return done
}
