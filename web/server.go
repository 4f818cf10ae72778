package web

import (
	"context"
	"net/http"
	"time"

	"go.uber.org/zap"

	"parley/hub"
)

// Server answers everything that Parley serves over HTTP. It is safe for
// concurrent use.
type Server struct {
	// immutable
	hub     *hub.Hub
	o       Options
	log     *zap.Logger
	guard   guard
	mux     *http.ServeMux
	handler http.Handler

	limits    *participantLimits
	addresses *addressLimits
	open      *openConns
	conns     *connTable
	inbound   inbound
}

// New makes a server on a hub. It starts nothing; Shutdown ends what requests
// have opened.
func New(h *hub.Hub, o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		hub:       h,
		o:         o,
		log:       o.Logger,
		guard:     newGuard(o),
		mux:       http.NewServeMux(),
		limits:    newParticipantLimits(o.CommandRate, o.CommandBurst),
		addresses: newAddressLimits(o.JoinRate, o.ReadRate),
		open:      newOpenConns(),
		conns:     newConnTable(o.MaxUnfinished, o.MaxOpen, o.Logger),
		inbound:   inbound{limit: int64(o.MaxInbound)},
	}
	s.routes()
	s.handler = s.logged(s.guard.wrap(http.HandlerFunc(s.route)))
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	awaitBody(w, r)
	if isUpgrade(r) {
		growStack(false)
	}
	s.handler.ServeHTTP(w, r)
	linger(w, r)
}

// growStack makes room for a handshake, which takes more than 7 KB of the stack.
// A goroutine's stack is doubled whenever it is full, and each frame on it is
// looked at: once and early is a twentieth of what a join costs less.
//
//go:noinline
func growStack(use bool) {
	if use { // never: it is the size of the frame that counts
		var room [8 << 10]byte
		touch(&room)
	}
}

//go:noinline
func touch(*[8 << 10]byte) {}

// Shutdown takes no new streams and sockets, ends those that are open, sockets
// with 1001, and waits for their handlers or for the end of ctx, whose error
// it then returns. Clients come back and resume. It may be called more than
// once, and belongs before http.Server.Shutdown, which does not know sockets
// and waits for streams.
func (s *Server) Shutdown(ctx context.Context) error { return s.open.drain(ctx) }

// Limits of the HTTP server itself.
const (
	headerTimeout  = 10 * time.Second // the whole header has to be there by then
	idleTimeout    = 2 * time.Minute  // between two requests of a kept connection
	maxHeaderBytes = 64 << 10
)

// HTTPServer returns an http.Server for the address with the time-outs and
// limits that a Server counts on. Its own complaints go to the log.
func (s *Server) HTTPServer(addr string) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		WriteTimeout:      s.o.WriteTimeout, // for a request's only write; streams set their own
		MaxHeaderBytes:    maxHeaderBytes,
		ConnContext:       s.conns.accept,
		ConnState:         s.conns.changed,
		ErrorLog:          zap.NewStdLog(s.log),
	}
}
