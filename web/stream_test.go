package web_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestStream_Opening(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly).settle()
	es := s.stream(s.Host, "")
	require.Equal(t, "text/event-stream", es.res.Header.Get("Content-Type"))
	require.Equal(t, "no-cache, no-transform", es.res.Header.Get("Cache-Control"))
	require.Equal(t, "no", es.res.Header.Get("X-Accel-Buffering"))

	first := es.next()
	var connected any
	require.NoError(t, json.Unmarshal([]byte(first.Data), &connected))
	o := members(t, connected, "type", "sharedSessionId", "timestamp", "cursor", "resume")
	require.Equal(t, "connected", o["type"])
	require.Equal(t, s.ID, o["sharedSessionId"])
	require.Equal(t, "new", o["resume"])
	isTime(t, o["timestamp"])
	var state protocol.StateAnswer
	w.call("GET", s.path(""), nil).ok(http.StatusOK, &state)
	require.Equal(t, state.Cursor, first.ID, "the state's cursor is where a stream begins")

	t.Run("later events follow, and no earlier ones", func(t *testing.T) {
		s.say(s.Host, "hello")
		e := es.next()
		require.Equal(t, protocol.EventMessageCreated, e.Type)
		var whole any
		require.NoError(t, json.Unmarshal([]byte(e.Data), &whole))
		event := members(t, whole, "type", "sharedSessionId", "timestamp", "payload", "cursor")
		isTime(t, event["timestamp"])
		payload := members(t, event["payload"], "message", "participant")
		members(t, payload["message"], messageMembers...)
		require.Nil(t, members(t, payload["participant"], participantMembers...)["accessToken"])
	})
	t.Run("credentials may be in headers", func(t *testing.T) {
		es := s.w.in(t).openStream(s.path("/stream"), s.Host.headers()...)
		require.Equal(t, http.StatusOK, es.res.StatusCode)
		es.next()
	})
}

func TestStream_Resume(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	es := s.stream(s.Host, "")
	es.next()
	s.say(s.Host, "1")
	es.next()
	seen := es.last
	es.close()
	for i := 2; i <= 5; i++ {
		s.say(s.Host, fmt.Sprint(i))
	}
	resumed := func(t *testing.T, query string, headers ...string) (how string, texts []string) {
		es := s.in(t).stream(s.Host, query, headers...)
		defer es.close()
		var connected protocol.Connected
		require.NoError(t, json.Unmarshal([]byte(es.next().Data), &connected))
		s.say(s.Host, "end")
		for {
			var p protocol.MessageCreated
			require.NoError(t, json.Unmarshal(es.next().Payload, &p))
			if p.Message.Text == "end" {
				return connected.Resume, texts
			}
			texts = append(texts, p.Message.Text)
		}
	}
	missed := []string{"2", "3", "4", "5"}
	t.Run("from Last-Event-ID", func(t *testing.T) {
		how, texts := resumed(t, "", "Last-Event-ID", seen)
		require.Equal(t, "ok", how)
		require.Equal(t, missed, texts)
	})
	t.Run("from since", func(t *testing.T) {
		how, texts := resumed(t, "&since="+seen)
		require.Equal(t, "ok", how)
		require.Equal(t, missed, texts)
	})
	t.Run("Last-Event-ID precedes since", func(t *testing.T) {
		how, texts := resumed(t, "&since="+seen, "Last-Event-ID", "not-a-cursor")
		require.Equal(t, "gap", how)
		require.Empty(t, texts)
	})
	t.Run("a cursor of another session is a gap, not wrong events", func(t *testing.T) {
		other := s.w.shareOn(s.Agent, protocol.ModeViewOnly)
		es := other.stream(other.Host, "")
		foreign := es.next().ID
		how, texts := resumed(t, "&since="+foreign)
		require.Equal(t, "gap", how)
		require.Empty(t, texts)
	})
}

// in returns the session for a subtest.
func (s *session) in(t testing.TB) *session {
	other := *s
	other.w = s.w.in(t)
	return &other
}

// The event sequences of the original API, as a client receives them.
func TestStream_Sequences(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	es := s.stream(s.Host, "")
	es.next()
	payload := func(e sseEvent, names ...string) object {
		var p any
		require.NoError(t, json.Unmarshal(e.Payload, &p))
		return members(t, p, names...)
	}
	gil := s.join("gil", protocol.RoleCollaborator)
	payload(es.until(protocol.EventParticipantJoined)[0], "participant")

	t.Run("an approved prompt", func(t *testing.T) {
		requireApprovedPrompt(t, s, gil, es, payload)
	})
	t.Run("a rejected prompt", func(t *testing.T) {
		a := s.prompt(gil, "help")
		s.resolve(a.ID, "reject")
		events := es.until(protocol.EventPromptRejected)
		require.Equal(t, []protocol.EventType{protocol.EventPromptPendingApproval, protocol.EventPromptRejected}, types(events))
		p := payload(events[len(events)-1], "approval", "participant")
		require.Equal(t, "rejected", p["approval"].(map[string]any)["status"])
	})
	t.Run("a prompt that fails", func(t *testing.T) {
		a := s.prompt(s.Host, "error")
		events := es.until(protocol.EventPromptDispatchFailed)
		failed := payload(events[len(events)-1], "approvalId", "error")
		require.Equal(t, a.ID, failed["approvalId"])
		require.NotEmpty(t, failed["error"])
		var state protocol.StateAnswer
		w.call("GET", s.path(""), nil).ok(http.StatusOK, &state)
		require.Equal(t, protocol.ApprovalFailed, state.Approvals[0].Status)
		require.Equal(t, failed["error"], *state.Approvals[0].ErrorMessage)
	})
	t.Run("leaving and closing", func(t *testing.T) {
		s.leave(gil)
		left := es.until(protocol.EventParticipantLeft)
		p := payload(left[len(left)-1], "participant")
		isTime(t, p["participant"].(map[string]any)["leftAt"])
		vera := s.join("vera", protocol.RoleViewer)
		es.until(protocol.EventParticipantJoined)
		s.close()
		e := es.next()
		require.Equal(t, protocol.EventSessionClosed, e.Type, "without participant_left for %s", vera.UserID)
		require.Equal(t, "closed", payload(e, "status")["status"])
		es.ends()
	})
}

func TestStream_Heartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		s := w.share(protocol.ModeCommentOnly).settle()
		es := s.stream(s.Host, "")
		es.next()
		begin := time.Now()
		for i := range 4 { // the first follows at once
			e, err := es.read()
			require.NoError(t, err)
			require.Equal(t, "heartbeat", e.Comment)
			require.Equal(t, time.Duration(i)*protocol.Heartbeat, time.Since(begin))
		}
		s.say(s.Host, "still there")
		require.Equal(t, protocol.EventMessageCreated, es.next().Type)
		es.close()
		w.stop()
	})
}

// A client that does not read is cut off by the write time-out, and delays no other.
func TestStream_ClientThatDoesNotRead(t *testing.T) {
	const said = 200 // more than the pipe and the backlog hold
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.web.WriteTimeout = time.Second })
		s := w.share(protocol.ModeCommentOnly)
		stuck, reader := s.stream(s.Host, ""), s.stream(s.Host, "")
		stuck.next()
		reader.next()
		begin := time.Now()
		for range said {
			s.say(s.Host, "a message, and then some more")
			reader.next()
		}
		require.Zero(t, time.Since(begin), "no client waits")
		<-time.After(2 * time.Second)
		n := 0
		for {
			if _, err := stuck.read(); err != nil {
				break
			}
			n++
		}
		require.Less(t, n, said)
		reader.close()
		w.stop()
	})
}

// A stream has one direction. A client that sends on it without end is cut off.
func TestStream_ClientThatSendsWithoutEnd(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(testTimeout)))
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", s.path("/stream?"+s.Host.query()))
	require.NoError(t, err)
	flood := make([]byte, 16<<10)
	for err == nil {
		_, err = conn.Write(flood)
	}
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "it was let go on")
}

func TestStream_Shutdown(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	es := s.stream(s.Host, "")
	es.next()
	require.NoError(t, w.server.Shutdown(t.Context()))
	es.ends()
	w.call("GET", s.path("/stream?"+s.Host.query()), nil).fails(protocol.CodeJournalUnavailable)
	w.call("GET", s.path("/events?"+s.Host.query()), nil).fails(protocol.CodeJournalUnavailable)
	w.call("GET", s.path(""), nil).ok(http.StatusOK, nil)
}

// requireApprovedPrompt requires the events of a prompt that is approved.
func requireApprovedPrompt(t *testing.T, s *session, gil person, es *eventSource, payload func(e sseEvent, names ...string) object) {
	a := s.prompt(gil, "help")
	e := es.next()
	require.Equal(t, protocol.EventPromptPendingApproval, e.Type)
	author := members(t, payload(e, "approval", "participant")["participant"], participantMembers...)
	require.Equal(t, gil.ID, author["id"])
	s.resolve(a.ID, "approve")
	e = es.next()
	require.Equal(t, protocol.EventPromptApproved, e.Type)
	p := payload(e, "approval", "participant")
	members(t, p["approval"], approvalMembers...)
	require.Equal(t, s.Host.ID, p["participant"].(map[string]any)["id"])

	turn := es.until(protocol.EventPromptDispatchCompleted)
	for _, e := range turn {
		switch e.Type {
		case protocol.EventPromptDispatchStarted:
			require.Equal(t, a.ID, payload(e, "approvalId")["approvalId"])
		case protocol.EventPromptDispatchCompleted:
			require.Equal(t, a.ID, payload(e, "approvalId", "stopReason")["approvalId"])
		case protocol.EventHostSessionUpdate:
			n := members(t, payload(e, "notification")["notification"], "jsonrpc", "method", "params")
			require.Equal(t, "session/update", n["method"])
			require.Equal(t, s.Agent, n["params"].(map[string]any)["sessionId"], "the host session's own id")
		}
	}
	kinds := types(turn)
	require.Equal(t, protocol.EventPromptDispatchStarted, kinds[0])
	require.Contains(t, kinds, protocol.EventHostSessionUpdate)
}
