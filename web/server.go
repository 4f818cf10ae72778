package web

import (
	"context"
	"net/http"
	"time"

	"go.uber.org/zap"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/forward"
	"parley/web/internal/guard"
	"parley/web/internal/limit"
	"parley/web/internal/live"
	"parley/web/internal/page"
)

// Server is an [http.Handler] that serves everything that Parley offers over HTTP. It
// is safe for concurrent use.
type Server struct {
	// immutable
	hub     *hub.Hub
	options Options
	log     *zap.Logger
	mux     *http.ServeMux
	access  access.Guard

	endpoints []route
	handler   http.Handler
	site      *page.Site

	participants *limit.Participants
	addresses    *limit.Addresses
	connections  *limit.Connections
	memory       *limit.Memory

	live *live.Server // the WebSockets, streams and long polls
}

// New returns a server for a hub. It starts nothing; [Server.Shutdown] ends what
// requests start.
func New(h *hub.Hub, o Options) *Server {
	o = o.withDefaults(h.Limits())
	s := &Server{
		hub:          h,
		options:      o,
		log:          o.Logger,
		mux:          http.NewServeMux(),
		site:         site,
		participants: limit.NewParticipants(o.CommandRate, o.CommandBurst),
		addresses:    limit.NewAddresses(o.JoinRate, o.ReadRate),
		connections:  limit.NewConnections(o.MaxUnfinished, o.MaxOpen, o.Logger, h.Refused),
		memory:       limit.NewMemory(int64(o.MaxInbound)),
	}
	s.site = site.With(pageFacts(o))
	s.access = access.New(access.Options{Protected: o.IsProtected(), Open: o.InsecureOpen, Keys: o.Operators, Identities: identitiesOf(o), Header: o.IdentityHeader, NameHeader: o.IdentityNameHeader})
	s.live = live.New(live.Options{
		Hub:                 h,
		Log:                 o.Logger,
		Limits:              o.Limits,
		Heartbeat:           o.Heartbeat,
		FirstCommandTimeout: o.FirstCommandTimeout,
		WriteTimeout:        o.WriteTimeout,
		CommandRate:         o.CommandRate,
		CommandBurst:        o.CommandBurst,
		IsProtected:         s.access.IsProtected,
		Participants:        s.participants,
		Addresses:           s.addresses,
		Memory:              s.memory,
		ClientError:         s.clientError,
		Caller:              s.access.Caller,
		Recheck:             s.recheck,
	})
	s.register()
	g := guard.New(guard.Options{
		Listen:       o.Listen,
		PublicURL:    o.PublicURL,
		AllowHosts:   o.AllowHosts,
		AllowOrigins: o.AllowOrigins,
		AllowHeaders: []string{"Authorization", "Content-Type", "Last-Event-ID", headerPrefer, headerIdempotencyKey, headerParticipant, access.HeaderIdentity},
		Refuse:       refuse,
	})
	proxies := forward.Proxies(o.TrustedProxies)
	guarded := proxies.Wrap(g.Wrap(withoutPrefix(o.PublicURL, http.HandlerFunc(s.serveRoute))))
	s.handler = s.logRequests(s.tellTransport(guarded))
	return s
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setBodyDeadline(w, r)
	if r.ProtoMajor >= 2 {
		// HTTP/2 would reset the stream although the response has not begun; recorder starts
		// the time-out when it does.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	}
	s.handler.ServeHTTP(w, r)
	discardBody(w, r)
}

// Shutdown refuses new streams and WebSockets and ends the open ones, WebSockets with
// close code 1001. It waits until they have ended, or returns ctx's error if ctx ends
// first. Clients reconnect and resume. Shutdown may be called more than once. It
// belongs before [http.Server.Shutdown], which does not know WebSockets and waits for
// streams.
func (s *Server) Shutdown(ctx context.Context) error { return s.live.Shutdown(ctx) }

// usage returns what is used of the limits of the whole server.
func (s *Server) usage() []hub.Usage {
	open, unfinished := s.connections.Used()
	return append(s.hub.Usage(),
		hub.Usage{Limit: protocol.LimitOpen, Used: int64(open), Most: int64(s.options.MaxOpen)},
		hub.Usage{Limit: protocol.LimitUnfinished, Used: int64(unfinished), Most: int64(s.options.MaxUnfinished)},
		hub.Usage{Limit: protocol.LimitInbound, Used: s.memory.Held(), Most: int64(s.options.MaxInbound)},
	)
}

// Limits of the HTTP server itself.
const (
	headerTimeout  = 10 * time.Second // of a whole header
	idleTimeout    = 2 * time.Minute  // between two requests of a connection
	maxHeaderBytes = 64 << 10
)

// HTTPServer returns an [http.Server] for the address, with the time-outs and limits
// that a Server relies on. Its errors go to the log. A TLS handshake may take as long as a
// header.
func (s *Server) HTTPServer(addr string) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		WriteTimeout:      s.options.WriteTimeout, // of a plain response; streams set their own
		MaxHeaderBytes:    maxHeaderBytes,
		ConnContext:       s.connections.Accept,
		ConnState:         s.connections.StateChanged,
		ErrorLog:          s.httpLog(),
		HTTP2: &http.HTTP2Config{ // over TLS; a plain connection has HTTP/1.1
			SendPingTimeout:  s.options.Heartbeat,
			WriteByteTimeout: s.options.WriteTimeout,
		},
	}
}

// IsLoopback reports whether a server that listens on addr, host and port, can be
// reached from this machine alone. An address without a host, or with a name other
// than localhost, is not counted as such: the meaning of a name can change.
func IsLoopback(addr string) bool { return guard.IsLoopback(addr) }

// attempt calls do, which checks the credentials of a command and carries it out, or
// of a read, where c is nil. It applies the limits of the client's address.
func (s *Server) attempt(r *http.Request, c protocol.Command, do func() error) error {
	return s.addresses.Do(r.Context(), r.RemoteAddr, limit.ConnectionOf(r.Context()), c, do)
}

// checkReadLimit counts a request that reads without credentials. The original API's
// clients send credentials only with what they change, so a connection on which
// credentials were valid once is not limited, unless it is a proxy's.
func (s *Server) checkReadLimit(r *http.Request) error {
	if limit.ConnectionOf(r.Context()).Known() && !forward.ByProxy(r) {
		return nil
	}
	return s.addresses.Read(r.RemoteAddr)
}
