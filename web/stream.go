package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"parley/hub"
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
	ctx, leave, err := s.open.enter(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	sub, err := s.follow(ctx, r.PathValue("id"), who, cmp.Or(r.Header.Get("Last-Event-ID"), q.Get("since")))
	if err != nil {
		return err
	}
	defer sub.Close()
	at, resume, err := sub.Opening(ctx)
	if err != nil {
		return err
	}
	out := newEventStream(w, s.o.WriteTimeout)
	if err := out.begin(r.PathValue("id"), at, resume); err != nil {
		return nil // the client is gone
	}
	s.pump(ctx, sub, out)
	return nil
}

// follow subscribes to events alone, those after the cursor first.
func (s *Server) follow(ctx context.Context, id string, who hub.Credentials, cursor string) (*hub.Subscription, error) {
	resume := &protocol.Resume{ParticipantID: who.ParticipantID, ParticipantToken: who.Token, Cursor: cursor}
	return s.hub.Attach(ctx, id, protocol.Request{ID: uuid.NewString(), Command: resume}, true)
}

// pump sends events, and a comment every Heartbeat, until either side ends.
func (s *Server) pump(ctx context.Context, sub *hub.Subscription, out *eventStream) {
	for {
		beat, cancel := context.WithTimeout(ctx, s.o.Heartbeat)
		goesOn := copyEvents(beat, sub, out)
		cancel()
		if !goesOn || ctx.Err() != nil || out.heartbeat() != nil {
			return
		}
	}
}

// copyEvents sends events until ctx ends, which loses none. It returns false
// when there will be no more.
func copyEvents(ctx context.Context, sub *hub.Subscription, out *eventStream) bool {
	for {
		lines, err := sub.Next(ctx)
		if err != nil {
			_, closed := errors.AsType[*hub.Closed](err)
			return !closed && ctx.Err() != nil
		}
		if out.events(lines) != nil {
			return false
		}
	}
}

// eventStream writes server-sent events as the HTML standard has them. It is
// for one goroutine.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration // of one write
	buf     []byte        // one write, reused
}

func newEventStream(w http.ResponseWriter, timeout time.Duration) *eventStream {
	return &eventStream{w: w, control: http.NewResponseController(w), timeout: timeout}
}

// begin writes the header and the first event, which bears an id too, so that
// a client that is cut off before the next one resumes from here.
func (e *eventStream) begin(session string, at protocol.Cursor, resume string) error {
	connected, err := protocol.Marshal(protocol.Connected{
		Type:            protocol.TypeConnected,
		SharedSessionID: session,
		Timestamp:       time.Now().UTC().Format(time.RFC3339Nano),
		Cursor:          at.String(),
		Resume:          resume,
	})
	if err != nil {
		return err
	}
	h := e.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	e.w.WriteHeader(http.StatusOK)
	e.append(at.String(), connected)
	return e.flush()
}

// events writes all lines, in one go where they fit.
func (e *eventStream) events(lines []hub.Line) error {
	for i, line := range lines {
		e.append(line.Cursor, line.Bytes)
		if i < len(lines)-1 && len(e.buf)+len(lines[i+1].Bytes) <= maxWrite {
			continue
		}
		if err := e.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (e *eventStream) heartbeat() error {
	e.buf = append(e.buf, ": heartbeat\n\n"...)
	return e.flush()
}

func (e *eventStream) append(id string, data []byte) {
	e.buf = append(e.buf, "id: "...)
	e.buf = append(e.buf, id...)
	e.buf = append(e.buf, "\ndata: "...)
	e.buf = append(e.buf, data...)
	e.buf = append(e.buf, "\n\n"...)
}

func (e *eventStream) flush() error {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.timeout))
	_, err := e.w.Write(e.buf)
	e.buf = reuse(e.buf)
	if err != nil {
		return err
	}
	return e.control.Flush()
}
