package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/coder/websocket"

	"parley/hub"
	"parley/protocol"
)

// socket serves one WebSocket connection.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) error {
	if !isUpgrade(r) || r.Method != http.MethodGet {
		return protocol.Errorf(protocol.CodeInvalidRequest, "this path takes WebSocket handshakes alone")
	}
	if err := checkSubprotocol(r); err != nil {
		return err
	}
	ctx, leave, err := s.open.enter(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{protocol.Subprotocol},
		InsecureSkipVerify: true, // the guard has checked the origin, by its own list
	})
	if err != nil {
		return nil // Accept has answered
	}
	conn.SetReadLimit(-1) // message has its own, which closes in good order
	k := &socket{
		s:       s,
		session: r.PathValue("id"),
		path:    r.URL.Path,
		conn:    conn,
		limit:   newCommandLimit(s.o.CommandRate, s.o.CommandBurst),
		begun:   make(chan struct{}),
	}
	k.run(ctx)
	return nil
}

// checkSubprotocol lets through who offers this protocol or none at all.
func checkSubprotocol(r *http.Request) error {
	var offered []string
	for _, header := range r.Header.Values("Sec-WebSocket-Protocol") {
		for name := range strings.SplitSeq(header, ",") {
			offered = append(offered, strings.TrimSpace(name))
		}
	}
	known := func(name string) bool { return strings.EqualFold(name, protocol.Subprotocol) }
	if len(offered) == 0 || slices.ContainsFunc(offered, known) {
		return nil
	}
	return protocol.Errorf(protocol.CodeInvalidRequest,
		"none of the subprotocols offered is known; known are: %s", protocol.Subprotocol)
}

// socket is one connection. Its reader is the handler's own goroutine; run
// starts the writer and the watch, and waits for both.
type socket struct {
	// immutable
	s       *Server
	session string
	path    string // for the log
	conn    *websocket.Conn
	limit   *commandLimit

	begun chan struct{} // closed by the reader when a join or resume is there

	// owned by the reader
	sub *hub.Subscription // nil until the session has let it in
}

// run serves the connection until it is closed, by either side. ctx ends when
// the server shuts down.
func (k *socket) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	helpers.Go(func() { k.watch(ctx) })
	k.read(ctx, &helpers)
	cancel()
	helpers.Wait()
	_ = k.conn.CloseNow()
	if k.sub != nil {
		k.sub.Close()
	}
}

// read takes messages in until the connection is closed.
func (k *socket) read(ctx context.Context, helpers *sync.WaitGroup) {
	for {
		message, ok := k.message()
		if !ok {
			return
		}
		for line := range protocol.SplitLines(message) {
			if !k.line(ctx, line, helpers) {
				return
			}
		}
	}
}

// message returns the next message, or false when there is none any more. Its
// context is not the connection's: one that ends breaks the connection off,
// and there would be no close code.
func (k *socket) message() ([]byte, bool) {
	kind, r, err := k.conn.Reader(context.Background())
	if err != nil {
		return nil, false
	}
	if kind != websocket.MessageText {
		k.close(protocol.CloseNotProtocol, "messages are text")
		return nil, false
	}
	limit := k.s.o.Limits.FrameBytes
	message, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if len(message) > limit {
		k.close(protocol.CloseTooBig, "message too big")
		return nil, false
	}
	return message, err == nil
}

// line carries one line out. It returns false when the connection is over.
func (k *socket) line(ctx context.Context, line []byte, helpers *sync.WaitGroup) bool {
	req, err := protocol.DecodeRequest(line, k.s.o.Limits)
	if errors.Is(err, protocol.ErrNotProtocol) {
		k.close(protocol.CloseNotProtocol, protocol.ErrNotProtocol.Message)
		return false
	}
	if k.sub == nil {
		return k.first(ctx, req, err, helpers)
	}
	limited, heeds := k.limit.take()
	if !heeds {
		k.close(protocol.CloseRateLimited, "over the rate limit again and again")
		return false
	}
	if limited != nil {
		err = limited
	}
	if err == nil {
		err = k.send(ctx, req)
	}
	if e, ok := asProtocol(err); ok {
		_ = k.sub.Reject(ctx, req.ID, e)
	}
	// Any other error means that the subscription has ended. The writer learns
	// why, and closes the connection with the right code: read on until then.
	return true
}

func (k *socket) send(ctx context.Context, req protocol.Request) error {
	switch req.Command.(type) {
	case *protocol.Join, *protocol.Resume:
		return protocol.Errorf(protocol.CodeInvalidRequest, "this connection is in the session already")
	}
	return k.sub.Send(ctx, req)
}

// close ends the connection in good order: it waits some seconds for the
// client to agree. The first close counts.
func (k *socket) close(code int, reason string) {
	_ = k.conn.Close(websocket.StatusCode(code), clip(reason))
}

// clip shortens a reason to what RFC 6455, section 5.5 leaves room for.
func clip(reason string) string {
	const most = 123
	if len(reason) <= most {
		return reason
	}
	reason = reason[:most]
	for !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	return reason
}
