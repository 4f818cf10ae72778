package live

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/guard"
	"parley/web/internal/limit"
	"parley/web/internal/rawconn"
)

// socket is one WebSocket connection.
//
// One goroutine at a time reads: the handler's until the first message, which frees
// what net/http holds for the handler. Reading a message needs a large stack, which a
// goroutine keeps, and waiting for one a small stack. So after a message that follows
// a quiet period, the goroutine hands over to a new one.
type socket struct {
	connection

	// immutable
	session    string
	caller     hub.Caller
	proof      access.Proof // of the handshake
	remoteAddr string       // host and port
	guarded    bool         // wrong credentials do not tell whether the session exists
	ws         *rawconn.WebSocket
	control    *limit.Commands // of control frames, and of messages without a command

	// owned by the reading goroutine
	commands   *limit.Commands // the connection's own until it has joined, then the participant's
	bandwidth  limit.Bandwidth
	joined     bool
	receivedAt time.Time // when something was last received

	begun        atomic.Bool  // a join or resume was received
	missedPongs  atomic.Int32 // pings in a row without a pong
	messageSince atomic.Int64 // Unix nanoseconds since when a message is being received; 0 for none
}

// controlRate and controlBurst are how many control frames, and messages without a
// command, a client may send per second and at once: far more than it needs to check
// whether the connection is alive.
const (
	controlRate  = 10
	controlBurst = 60
)

// quietPeriod is the longest pause of a client that is not considered quiet.
const quietPeriod = time.Second

// ServeWebSocket serves one WebSocket connection to a session. It returns an error if
// it has not answered the request.
func (s *Server) ServeWebSocket(w http.ResponseWriter, r *http.Request, session string) error {
	if !guard.IsUpgrade(r) || r.Method != http.MethodGet {
		return protocol.Errorf(protocol.CodeInvalidRequest, "this path accepts WebSocket handshakes only")
	}
	if err := checkSubprotocol(r); err != nil {
		return err
	}
	if err := s.Enter(); err != nil {
		return err
	}
	k := s.newSocket(r, session)
	ws, err := rawconn.Accept(w, r, rawconn.WebSocketOptions{
		Subprotocol:  protocol.Subprotocol,
		WriteTimeout: s.options.WriteTimeout,
		Flush:        k.sender.Wake,
		Received:     k.bandwidth.Spend,
		Ping:         k.pingReceived,
		Pong:         k.pongReceived,
	})
	if err != nil {
		s.Leave()
		return nil // Accept has answered
	}
	k.ws, k.sender.conn = ws, ws.Conn
	k.client.OnReject(func() { ws.TryClose(protocol.CloseTryAgain, limit.ErrNoRoom.Message) })
	k.begin(k.shutDown, s.options.FirstCommandTimeout, k.check)
	k.watch(k.proof, k.close)
	k.read() // until the first message; the handler's stack is large enough
	return nil
}

func (s *Server) newSocket(r *http.Request, session string) *socket {
	o := s.options
	k := &socket{
		connection: connection{server: s, path: r.URL.Path, client: limit.ConnectionOf(r.Context())},
		session:    session,
		caller:     o.Caller(r),
		proof:      access.ProofOf(r),
		remoteAddr: r.RemoteAddr,
		guarded:    o.IsProtected(r),
		commands:   limit.NewCommands(o.CommandRate, o.CommandBurst),
		control:    limit.NewCommands(controlRate, controlBurst),
		bandwidth:  limit.NewBandwidth(o.CommandRate, o.CommandBurst),
	}
	k.sender.format, k.sender.ctx, k.sender.tasks, k.sender.failed = webSocketFormat, s.draining, &k.tasks, k.sendFailed
	return k
}

// checkSubprotocol accepts clients that offer this protocol or none at all.
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
		"none of the offered subprotocols is known; the server knows %s", protocol.Subprotocol)
}

// read reads until the connection ends, or hands over to a goroutine with a new,
// small stack.
func (k *socket) read() {
	handsOver := false
	defer func() {
		if !handsOver {
			k.server.Leave()
		}
	}()
	defer k.logPanic()
	defer func() {
		if !handsOver {
			k.end(k.ws.Close)
		}
	}()
	for k.ws.Wait() && k.receive() {
		if k.wasQuiet() {
			handsOver = true
			go k.read()
			return
		}
	}
}

// wasQuiet reports whether a quiet period preceded what was received.
func (k *socket) wasQuiet() bool {
	last := k.receivedAt
	k.receivedAt = time.Now()
	return k.receivedAt.Sub(last) > quietPeriod
}

// close closes the connection with a close code, and waits some seconds for the
// client's close frame. Only the first call has an effect.
func (k *socket) close(code int, reason string) { k.ws.CloseHandshake(code, reason) }

func (k *socket) shutDown() { k.close(protocol.CloseGoingAway, "the server is going away") }

// closeWith closes the connection with an error's close code.
func (k *socket) closeWith(e *protocol.Error) { k.close(e.Entry().Close, e.Message) }

// asProtocol returns the error of the protocol's catalogue in err's chain, if any.
func asProtocol(err error) (*protocol.Error, bool) { return errors.AsType[*protocol.Error](err) }
