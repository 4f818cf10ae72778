package remote

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// Server admits connectors to the host sessions of a hub. Its methods are safe for
// concurrent use.
type Server struct {
	// immutable
	registry *Registry
	hub      *hub.Hub
	log      *zap.Logger
	beat     time.Duration
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc

	work sync.WaitGroup // creations; Close waits for them
}

// NewServer returns a server of connectors, whose hub stores what is sent to them. heartbeat is that of their connections; 0 for
// the default. [Server.Close] must be called before the hub stops.
func NewServer(r *Registry, h *hub.Hub, log *zap.Logger, heartbeat time.Duration) *Server {
	s := &Server{registry: r, hub: h, log: log, beat: cmp.Or(heartbeat, connect.Heartbeat)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	r.recordWith(h.FrameSent)
	return s
}

// Close ends what connections have started.
func (s *Server) Close() {
	s.cancel()
	s.work.Wait()
}

// Heartbeat returns the heartbeat of connections.
func (s *Server) Heartbeat() time.Duration { return s.beat }

// Serve serves the connection of a connector until it ends. The host session of a new one
// belongs to the caller. It calls admitted once the connector is known.
func (s *Server) Serve(ctx context.Context, conn *link.Conn, by hub.Caller, admitted func()) {
	hello, err := readHello(ctx, conn)
	if err != nil {
		code := connect.CloseNoHello
		if _, malformed := errors.AsType[*protocol.Error](err); malformed {
			code = connect.CloseNotProtocol
		}
		refuse(ctx, conn, code, err)
		return
	}
	host := s.hub.ConnectedHostID(hello.Key)
	log := s.log.With(zap.Stringer("hostSession", host))
	var visit visit
	var c *connector
	err = s.hub.WakeConnected(ctx, host)
	if err == nil {
		c, err = s.registry.of(host)
	}
	if err == nil {
		visit, err = s.admit(ctx, c, by, conn, hello)
	}
	if err != nil {
		log.Info("refused a connector", zap.Error(err))
		s.refuse(ctx, conn, err)
		return
	}
	admitted()
	log.Info("a connector has connected", zap.String("agent", hello.Agent), zap.String("resume", string(visit.admission)))
	err = c.end.Run(ctx, conn, visit.has, c.asks.receive)
	log.Info("a connector has disconnected", zap.Error(err))
	s.left(c, host, visit.number)
}

// readHello reads the first frame of a connection.
func readHello(ctx context.Context, conn *link.Conn) (connect.Hello, error) {
	ctx, cancel := context.WithTimeout(ctx, connect.HelloTimeout)
	defer cancel()
	f, err := conn.Read(ctx)
	if err != nil {
		return connect.Hello{}, err
	}
	return connect.DecodeHello(f)
}

// visit is one connection of a connector that was admitted.
type visit struct {
	admission connect.Admission
	number    int    // counts the connections of the host session
	resumed   bool   // its agent has run on while the server was not there
	has       uint64 // the newest frame of the server that the connector has
}

// admit decides on a connector, and answers it with a welcome.
func (s *Server) admit(ctx context.Context, c *connector, by hub.Caller, conn *link.Conn, hello connect.Hello) (visit, error) {
	host := s.hub.ConnectedHostID(hello.Key)
	c.admitting.Lock()
	defer c.admitting.Unlock()
	v := c.enter(conn, hello)
	if v.admission == connect.Fenced {
		return v, rules.ErrConnectorFenced
	}
	welcome := connect.Welcome{HostSession: host.String(), Resume: v.admission, HeartbeatMS: s.beat.Milliseconds()}
	if v.admission == connect.Returned {
		v.has, welcome.Taken = hello.Taken, c.end.Taken()
	}
	if err := conn.Write(ctx, connect.Frame{Type: connect.TypeWelcome, Body: welcome.Encode()}); err != nil {
		c.leave(v.number)
		return v, err
	}
	err := s.hub.ConnectorAttached(ctx, host, rules.ConnectorVisit{Seat: seatOf(hello), Resumed: v.resumed, Taken: hello.Taken})
	if protocol.AsError(err).Code == protocol.CodeHostSessionNotFound {
		s.create(c, by, conn, hello)
		err = nil
	}
	if err != nil {
		c.leave(v.number)
		return v, err
	}
	c.returned()
	return v, nil
}

// create creates the host session of a connector in the background, since that needs its
// agent. It tells the connector if that fails.
func (s *Server) create(c *connector, by hub.Caller, conn *link.Conn, hello connect.Hello) {
	host := s.hub.ConnectedHostID(hello.Key)
	s.work.Go(func() {
		create := &protocol.CreateHostSession{Agent: hello.Agent, Title: hello.Title, Permissions: protocol.PermissionPolicy(hello.Permissions)}
		err := create.Normalize()
		if err == nil {
			_, err = s.hub.As(by).CreateConnected(s.ctx, hello.Key, seatOf(hello), create)
		}
		if err == nil || s.ctx.Err() != nil {
			return
		}
		s.log.Info("the agent of a connector could not be started", zap.Stringer("hostSession", host), zap.Error(err))
		s.refuse(s.ctx, conn, err)
		s.registry.remove(host, c)
	})
}

// left notes the end of a connection, and reports it if there is no newer one.
func (s *Server) left(c *connector, host journal.SessionID, number int) {
	c.admitting.Lock()
	defer c.admitting.Unlock()
	if c.leave(number) {
		c.asks.abandon()
		s.reportDetached(host)
	}
}

// reportDetached tells the hub that the connector of a host session has no connection.
func (s *Server) reportDetached(host journal.SessionID) {
	ctx, cancel := context.WithTimeout(s.ctx, reportTimeout)
	defer cancel()
	if err := s.hub.ConnectorDetached(ctx, host); err != nil && s.ctx.Err() == nil {
		s.log.Warn("the end of a connector's connection could not be recorded", zap.Stringer("hostSession", host), zap.Error(err))
	}
}

// seatOf returns the process of a connector.
func seatOf(h connect.Hello) rules.ConnectorSeat {
	return rules.ConnectorSeat{Epoch: h.Epoch, Incarnation: h.Incarnation}
}

// reportTimeout bounds how long a report to the hub may take.
const reportTimeout = time.Minute

// refuse tells a connector why its connection is closed.
func (s *Server) refuse(ctx context.Context, conn *link.Conn, err error) {
	code := connect.CloseRefused
	switch known := protocol.AsError(err); {
	case errors.Is(err, rules.ErrConnectorFenced):
		code = connect.CloseFenced
	case known.Entry().Retryable:
		code = protocol.CloseTryAgain
	}
	refuse(ctx, conn, code, err)
}

func refuse(ctx context.Context, conn *link.Conn, code int, err error) {
	known := protocol.AsError(err)
	message := known.Message
	if errors.Is(err, rules.ErrConnectorFenced) {
		message = rules.ErrConnectorFenced.Error()
	}
	ctx, cancel := context.WithTimeout(ctx, connect.HelloTimeout)
	defer cancel()
	body := connect.Refused{Code: known.Code, Message: message}.Encode()
	_ = conn.Write(ctx, connect.Frame{Type: connect.TypeRefused, Body: body})
	conn.Close(code, message)
}
