package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

// stream serves a session's events as server-sent events, until the session
// or the participation ends, the client leaves or is too slow, or the server
// shuts down.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	if err := live(r); err != nil {
		return err
	}
	q := r.URL.Query()
	who, err := queryCredentials(r, q)
	if err != nil {
		return err
	}
	who.ReadOnly = q.Get("readOnly") == "true"
	if err := s.open.enter(); err != nil {
		return err
	}
	sub, first, err := s.subscribe(r, who, cmp.Or(r.Header.Get("Last-Event-ID"), q.Get("since")))
	if err != nil {
		s.open.leave()
		return original(err)
	}
	e := &stream{s: s, client: requestConn(r.Context())}
	e.conn.prepare(s.open.draining, eventStream, s.o.WriteTimeout, e.fall)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")       // nginx would hold events back
	h.Set("Transfer-Encoding", "identity") // net/http takes it for: up to the end of the connection
	w.WriteHeader(http.StatusOK)
	if _, err := e.takeOver(w); err != nil {
		sub.Close()
		s.open.leave()
		s.log.Debug("a stream cannot be taken over", zap.Error(err)) // mostly the client is gone
		return nil                                                   // the answer has begun
	}
	e.start(r.URL.Path, sub, first)
	return nil
}

// subscribe subscribes to the events after a cursor, and makes the first event
// of the stream. That bears an id too, so that a client that is cut off before
// the next one resumes from there.
func (s *Server) subscribe(r *http.Request, who hub.Credentials, cursor string) (*feed.Subscription, feed.Line, error) {
	first := &protocol.Resume{
		ParticipantID: who.ParticipantID, ParticipantToken: who.Token, Cursor: cursor, ReadOnly: who.ReadOnly,
	}
	sub, err := s.follow(r.Context(), r, first)
	if err != nil {
		return nil, feed.Line{}, err
	}
	at, resume, err := sub.Opening(r.Context())
	if err != nil {
		sub.Close()
		return nil, feed.Line{}, err
	}
	connected, err := protocol.Marshal(protocol.Connected{
		Type:            protocol.TypeConnected,
		SharedSessionID: r.PathValue("id"),
		Timestamp:       time.Now().UTC().Format(time.RFC3339Nano),
		Cursor:          at.String(),
		Resume:          resume,
	})
	if err != nil {
		sub.Close()
	}
	return sub, feed.Line{Bytes: connected, Cursor: at.String()}, err
}

// follow subscribes to events alone, those after the cursor first.
func (s *Server) follow(ctx context.Context, r *http.Request, first *protocol.Resume) (sub *feed.Subscription, err error) {
	err = s.addresses.attempt(ctx, r.RemoteAddr, first, func() error {
		sub, err = s.hub.Attach(ctx, r.PathValue("id"), protocol.Request{ID: uuid.NewString(), Command: first}, true)
		return err
	})
	return sub, err
}

// stream is a connection that events are written to. Like a socket it outlives
// the handler; its goroutine waits for the client to leave.
type stream struct {
	conn
	s         *Server     // immutable
	client    *clientConn // immutable
	undrained func() bool // set by start
}

// start begins to serve the stream, until either side ends it.
func (e *stream) start(path string, sub *feed.Subscription, first feed.Line) {
	e.sub = sub
	opening := append(appendEvents(nil, []feed.Line{first}), heartbeat...)
	if e.write(opening) == nil {
		e.follow(sub)
	}
	e.undrained = context.AfterFunc(e.s.open.draining, func() { e.fall(nil) })
	e.tick(e.s.o.Heartbeat, e.beatAgain)
	go e.s.lasts(path, e.awaitEnd, e.end)
	e.work.do(e.pump)
}

// end ends the stream.
func (e *stream) end() {
	e.undrained()
	e.conn.end()
	e.client.left()
}

// awaitEnd reads until the connection ends. The client has nothing more to say:
// a little is dropped, and one that sends more than that is cut off.
func (e *stream) awaitEnd() (again bool) {
	var b [64]byte
	for dropped := 0; dropped <= maxStreamInput; {
		n, err := e.net.Read(b[:])
		if err != nil {
			return false
		}
		dropped += n
	}
	return false
}

// maxStreamInput is how many bytes a client may send on its stream before it is
// cut off: room for a request that it sends ahead, which is not answered.
const maxStreamInput = 64 << 10

// fall ends a stream whose subscription has ended, behind what was begun.
func (e *stream) fall(error) {
	_ = e.writeLast(nil)
	_ = e.net.Close()
}

// beatAgain keeps proxies from thinking that the stream is dead, and finds out
// when the client is gone without a word.
func (e *stream) beatAgain() (again time.Duration) {
	e.try([]byte(heartbeat))
	return e.s.o.Heartbeat
}

// heartbeat is a comment. One follows the first event at once, so that a client
// knows that the way back is not held up by a proxy.
const heartbeat = ": heartbeat\n\n"

// eventStream is the format of server-sent events as the HTML standard has
// them.
var eventStream = &feed.Format{Append: appendEvents}

// appendEvents writes the events among lines.
func appendEvents(b []byte, lines []feed.Line) []byte {
	const around = len("id: \ndata: \n\n")
	size := 0
	for _, l := range lines {
		if l.Cursor != "" {
			size += around + len(l.Cursor) + len(l.Bytes)
		}
	}
	b = slices.Grow(b, size)
	for _, l := range lines {
		if l.Cursor == "" {
			continue
		}
		b = append(append(b, "id: "...), l.Cursor...)
		b = append(append(b, "\ndata: "...), l.Bytes...)
		b = append(b, "\n\n"...)
	}
	return b
}
