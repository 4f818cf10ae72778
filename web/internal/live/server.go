package live

import (
	"context"
	"net/http"
	"time"

	"go.uber.org/zap"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/limit"
	"parley/web/internal/task"
)

// Options are the settings of a [Server]. Every field must be set.
type Options struct {
	Hub *hub.Hub
	Log *zap.Logger

	Limits              protocol.Limits
	Heartbeat           time.Duration // interval of pings and of comments
	FirstCommandTimeout time.Duration // of a WebSocket that has not joined
	WriteTimeout        time.Duration // of one write that waits
	CommandRate         float64       // per second; negative for no limit
	CommandBurst        int

	// IsProtected reports whether a request is under protection.
	IsProtected func(*http.Request) bool

	Participants *limit.Participants
	Addresses    *limit.Addresses
	Memory       *limit.Memory

	// Caller returns who has sent a request, and Recheck checks again what it has proved:
	// it returns the proof with the time of the next check.
	Caller  func(r *http.Request) hub.Caller
	Recheck func(ctx context.Context, p access.Proof) (access.Proof, error)

	// ClientError returns what a client may know of an error, and logs the rest with the
	// path of the request.
	ClientError func(path string, err error) *protocol.Error
}

// Server serves WebSockets and event streams. It is safe for concurrent use.
type Server struct {
	options  Options         // immutable
	draining context.Context // ends when Shutdown is called
	drain    context.CancelFunc
	open     task.Group // WebSockets, streams, and calls between Enter and Leave
}

// New returns a server. It starts nothing; [Server.Shutdown] ends what requests start.
func New(o Options) *Server {
	s := &Server{options: o}
	s.draining, s.drain = context.WithCancel(context.Background())
	return s
}

// ErrShuttingDown refuses what would outlast the server. A retry reaches the next
// server.
var ErrShuttingDown = protocol.Errorf(protocol.CodeJournalUnavailable, "the server is shutting down; try again in a moment")

// Enter adds a call for which [Server.Shutdown] waits, and which must end with
// [Server.Leave]. It returns [ErrShuttingDown] after Shutdown was called.
func (s *Server) Enter() error {
	if !s.open.Enter() {
		return ErrShuttingDown
	}
	return nil
}

// Leave ends a call that [Server.Enter] added.
func (s *Server) Leave() { s.open.Leave() }

// IsShuttingDown reports whether [Server.Shutdown] was called.
func (s *Server) IsShuttingDown() bool { return s.draining.Err() != nil }

// WithShutdown returns a context that ends with parent, or when the server shuts
// down.
func (s *Server) WithShutdown(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(s.draining, cancel)
	return ctx, func() { stop(); cancel() }
}

// Shutdown refuses new connections and ends the open ones, WebSockets with close code
// 1001. It waits until they have ended, or returns ctx's error if ctx ends first. It
// may be called more than once.
func (s *Server) Shutdown(ctx context.Context) error {
	s.open.Close()
	s.drain()
	return s.open.WaitContext(ctx)
}
