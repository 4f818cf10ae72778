package live

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/limit"
	"parley/web/internal/rawconn"
)

// stream is a connection that receives server-sent events. Its reading goroutine
// waits for the client to leave.
type stream struct {
	connection
	conn  *rawconn.Conn // immutable
	proof access.Proof  // of the request; immutable
}

// ServeStream serves the events of a session after a cursor as server-sent events,
// until the session or the participation ends, the client leaves or is too slow, or
// the server shuts down. It returns an error if it has not answered the request.
func (s *Server) ServeStream(w http.ResponseWriter, r *http.Request, session string, caller hub.Credentials, cursor string) error {
	maxDelay, gathers, err := maxDelayOf(r)
	if err != nil {
		return err
	}
	if err := s.Enter(); err != nil {
		return err
	}
	sub, first, err := s.subscribeStream(r, session, caller, cursor)
	if err != nil {
		s.Leave()
		return err
	}
	e := &stream{connection: connection{server: s, path: r.URL.Path}, proof: access.ProofOf(r)}
	e.sender.format = eventStreamFormat
	if gathers {
		e.sender.gather(mergedStreamFormat, maxDelay)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache, no-transform") // a proxy that compresses would gather events
	h.Set("X-Accel-Buffering", "no")                 // nginx would buffer events
	if r.ProtoMajor >= 2 {
		e.serveResponse(w, r, sub, first)
		return nil
	}
	e.client = limit.ConnectionOf(r.Context())
	h.Set("Transfer-Encoding", "identity") // net/http then ends the body with the connection
	w.WriteHeader(http.StatusOK)
	e.conn, _, err = rawconn.Hijack(w, s.options.WriteTimeout, e.sender.Wake)
	if err != nil {
		sub.Close()
		s.Leave()
		s.options.Log.Debug("stream could not be hijacked", zap.Error(err)) // the client has probably left
		return nil                                                          // the response has begun
	}
	e.start(sub, first)
	go e.read()
	return nil
}

// serveResponse serves the stream as one of the responses of a connection, to its end.
func (e *stream) serveResponse(w http.ResponseWriter, r *http.Request, sub *feed.Subscription, first feed.Line) {
	w.WriteHeader(http.StatusOK)
	response := rawconn.NewResponse(w, r, e.server.options.WriteTimeout, e.sender.Wake)
	defer response.Finish()
	e.conn = response.Conn
	e.start(sub, first)
	e.read()
}

// maxDelayOf returns the query parameter maxDelayMs, and whether there is one.
func maxDelayOf(r *http.Request) (delay time.Duration, some bool, err error) {
	text := r.URL.Query().Get("maxDelayMs")
	if text == "" {
		return 0, false, nil
	}
	ms, err := strconv.Atoi(text)
	delay = time.Duration(ms) * time.Millisecond
	if err != nil || delay < 0 || delay > protocol.MaxDelay {
		return 0, false, protocol.Errorf(protocol.CodeInvalidRequest, "maxDelayMs must be a number between 0 and %d", protocol.MaxDelay.Milliseconds())
	}
	return delay, true, nil
}

// start begins to send. The caller calls read next, which ends the stream.
func (e *stream) start(sub *feed.Subscription, first feed.Line) {
	k := &e.sender
	k.conn, k.ctx, k.tasks = e.conn, e.server.draining, &e.tasks
	k.failed = func(error) { e.close() }
	opening := append(appendEvents(nil, []feed.Line{first}), heartbeat...)
	if e.conn.Write(opening) == nil {
		k.follow(sub)
	} else {
		sub.Close()
	}
	e.begin(e.close, e.server.options.Heartbeat, e.beat)
	e.watch(e.proof, func(int, string) { e.close() })
}

// maxStreamInput is the most bytes that a client may send on its stream before it
// is cut off: room for a request sent ahead, which is not answered.
const maxStreamInput = 64 << 10

// read drops what the client sends, until the connection ends or that is too much.
func (e *stream) read() {
	defer e.server.Leave()
	defer e.logPanic()
	defer func() { e.end(e.conn.Close) }()
	var b [64]byte
	for dropped := 0; dropped <= maxStreamInput; {
		n, err := e.conn.Read(b[:])
		if err != nil {
			return
		}
		dropped += n
	}
}

// close closes the connection after the write that is in progress.
func (e *stream) close() { e.conn.End() }

// beat keeps proxies from closing the stream, and detects a client that is gone.
func (e *stream) beat() (next time.Duration) {
	e.conn.TryWrite([]byte(heartbeat))
	return e.server.options.Heartbeat
}

// subscribeStream subscribes to the events after a cursor. It returns the first
// event of the stream, which bears an id too: a client that is cut off before the
// next event resumes from there.
func (s *Server) subscribeStream(r *http.Request, session string, caller hub.Credentials, cursor string) (*feed.Subscription, feed.Line, error) {
	sub, err := s.Subscribe(r.Context(), r, session, caller, cursor)
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
		SharedSessionID: session,
		Timestamp:       time.Now().UTC().Format(time.RFC3339Nano),
		Cursor:          at.String(),
		Resume:          resume,
	})
	if err != nil {
		sub.Close()
	}
	return sub, feed.Line{Bytes: connected, Cursor: at.String()}, err
}

// Subscribe subscribes to a session's events after a cursor, and to nothing else.
func (s *Server) Subscribe(ctx context.Context, r *http.Request, session string, caller hub.Credentials, cursor string) (sub *feed.Subscription, err error) {
	first := &protocol.Resume{
		ParticipantID: caller.ParticipantID, ParticipantToken: caller.Token, Cursor: cursor, ReadOnly: caller.ReadOnly,
	}
	err = s.options.Addresses.Do(ctx, r.RemoteAddr, limit.ConnectionOf(ctx), first, func() error {
		sub, err = s.options.Hub.Attach(ctx, session, protocol.Request{ID: uuid.NewString(), Command: first},
			hub.AttachOptions{EventsOnly: true, Guarded: caller.Guarded, Caller: caller.Caller})
		return err
	})
	return sub, err
}
