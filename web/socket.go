package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

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
	if err := s.open.enter(); err != nil {
		return err
	}
	k := &socket{
		s:       s,
		session: r.PathValue("id"),
		path:    r.URL.Path,
		from:    r.RemoteAddr,
		client:  requestConn(r.Context()),
		limit:   newCommandLimit(s.o.CommandRate, s.o.CommandBurst),
		spare:   newCommandLimit(spareRate, spareBurst),
	}
	k.flow = newFlow(s.o.CommandRate, s.o.CommandBurst)
	k.conn.prepare(s.open.draining, webSocket, s.o.WriteTimeout, k.fall)
	u := &upgrade{ResponseWriter: w, conn: &k.conn}
	var err error
	k.ws, err = websocket.Accept(u, r, &websocket.AcceptOptions{
		Subprotocols:       []string{protocol.Subprotocol},
		InsecureSkipVerify: true, // the guard has checked the origin, by its own list
		OnPingReceived:     k.pinged,
		OnPongReceived:     k.ponged,
	})
	if err != nil {
		s.open.leave()
		return nil // Accept has answered
	}
	k.ws.SetReadLimit(-1) // message has its own, which closes in good order
	k.in = u.in
	k.client.endBy(k.makeRoom)
	k.serve()
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

// firstMessageBytes is how long a message may be until the client has joined: far
// more than a join needs, and little to hold for many who may be nobody.
const firstMessageBytes = 64 << 10

// spareRate and spareBurst are how many control frames, and messages without a
// command, a client may send a second and at once: far more than one needs that
// looks whether the connection is alive.
const (
	spareRate  = 10
	spareBurst = 60
)

// quietWhile is how long a client that is busy is silent at most.
const quietWhile = time.Second

// socket is one connection. Its handler reads until something has come and
// writes the answer, since its stack has grown. The reader after that is a
// goroutine that outlives the handler, whose request and buffers it does not
// hold. What comes needs a large stack, which a goroutine keeps, and waiting a
// small one: so who has not much to say is waited for by a new goroutine each
// time.
type socket struct {
	conn

	// immutable
	s       *Server
	session string
	path    string // for the log
	from    string // host and port
	client  *clientConn
	ws      *websocket.Conn
	limit   *commandLimit // of commands
	spare   *commandLimit // of what is none: control frames, and messages without a command

	// set before the reader starts, then immutable
	in        *inflow
	undrained func() bool

	// owned by the reader
	within bool      // a message is being read
	heard  time.Time // when something came last

	begun   atomic.Bool  // there was a join or resume
	closing atomic.Bool  // close was called, and reads in the reader's place
	missed  atomic.Int32 // pings in a row without an answer
	began   atomic.Int64 // when the message that is being read began, in Unix nanoseconds; 0 for none
}

// serve begins to serve the connection, until it is closed, by either side.
func (k *socket) serve() {
	k.undrained = context.AfterFunc(k.s.open.draining, func() {
		k.work.do(func() { k.close(protocol.CloseGoingAway, "the server is going away") })
	})
	k.tick(k.s.o.FirstCommandTimeout, k.watch)
	k.s.lasts(k.path, k.read, k.end)
	k.work.do(k.pump)
}

// end ends the connection.
func (k *socket) end() {
	k.undrained()
	k.work.dismiss()
	_ = k.ws.CloseNow()
	k.conn.end()
	k.client.left()
}

// read takes in what comes, until that is something after a quiet while; then a
// new goroutine takes over. It returns false when the connection is closed.
func (k *socket) read() (again bool) {
	for !again {
		if !k.in.wait() || !k.messages() {
			return false
		}
		before := k.heard
		k.heard = time.Now()
		again = k.heard.Sub(before) > quietWhile
	}
	return true
}

// messages takes in the messages that have come together, up to one that joins.
// It returns false when the connection is closed.
func (k *socket) messages() bool {
	for joined := k.joined(); k.in.more() && k.joined() == joined; {
		message, ok := k.message()
		if !ok {
			return false
		}
		blank := message != nil
		for line := range protocol.SplitLines(message) {
			if blank = false; !k.line(line) {
				return false
			}
		}
		if blank && !k.allows(k.spare) {
			return false
		}
	}
	return true
}

// allows counts one against a limit, and closes the connection of a client that
// goes on beyond it again and again.
func (k *socket) allows(l *commandLimit) bool {
	_, heeds := l.take()
	if !heeds {
		k.close(protocol.CloseRateLimited, "over the rate limit again and again")
	}
	return heeds
}

// message returns the next message, nil when only control frames have come, or
// false when there is none any more. Its context is not the
// connection's: one that ends breaks the connection off, and there would be no
// close code.
func (k *socket) message() ([]byte, bool) {
	kind, r, err := k.ws.Reader(context.Background())
	if err != nil {
		k.closeFlood(err)
		return nil, errors.Is(err, errQuiet)
	}
	k.within = true
	defer func() { k.within = false }()
	if kind != websocket.MessageText {
		k.close(protocol.CloseNotProtocol, "messages are text")
		return nil, false
	}
	limit := k.s.o.Limits.FrameBytes
	if !k.joined() {
		limit = min(limit, firstMessageBytes)
	}
	k.began.Store(time.Now().UnixNano())
	message, err := k.s.inbound.read(r, limit)
	k.began.Store(0)
	if err == errInboundFull {
		k.close(protocol.CloseTryAgain, errInboundFull.Message)
		return nil, false
	}
	if len(message) > limit {
		k.close(protocol.CloseTooBig, "message too big")
		return nil, false
	}
	if err == nil && !utf8.Valid(message) {
		k.close(protocol.CloseNotText, "messages are UTF-8")
		return nil, false
	}
	k.closeFlood(err)
	return message, err == nil
}

// closeFlood closes the connection of a client that sends too many control
// frames, if that is why a read has ended.
func (k *socket) closeFlood(err error) {
	if errors.Is(err, errFlood) {
		k.close(protocol.CloseRateLimited, "too many control frames")
	}
}

// line carries one line out. It returns false when the connection is over.
func (k *socket) line(line []byte) bool {
	req, err := protocol.DecodeRequest(line, k.s.o.Limits)
	if errors.Is(err, protocol.ErrNotProtocol) {
		k.close(protocol.CloseNotProtocol, protocol.ErrNotProtocol.Message)
		return false
	}
	if !k.joined() {
		return k.begin(req, err)
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
		err = k.carryOut(req)
	}
	if e, ok := asProtocol(err); ok {
		_ = k.sub.Reject(k.ctx, req.ID, e)
	}
	// Any other error means that the subscription has ended. The pump learns
	// why, and closes the connection with the right code: read on until then.
	return true
}

func (k *socket) joined() bool { return k.sub != nil }

func (k *socket) carryOut(req protocol.Request) error {
	switch req.Command.(type) {
	case *protocol.Join, *protocol.Resume:
		return protocol.Errorf(protocol.CodeInvalidRequest, "this connection is in the session already")
	}
	return k.sub.Send(k.ctx, req)
}

// close ends the connection in good order: it waits some seconds for the
// client to agree. The first close counts.
func (k *socket) close(code int, reason string) {
	k.closing.Store(true)
	k.in.closing.Store(true) // a message of a mebibyte is dropped in pieces, not byte by byte
	_ = k.ws.Close(websocket.StatusCode(code), clip(reason))
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
