package limit

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
	"parley/web/internal/rawconn"
)

// Connections has the connections of a server and bounds three kinds of them:
// those that keep the server waiting, by a request that is not complete or a
// WebSocket that has not joined; those that are idle between requests; and all
// together. The first two bounds are for unknown clients. A client that has shown
// valid credentials is known, and its connection is never closed to make room.
//
// When there is one connection too many, the oldest one of the address that has the
// most is closed. So one address cannot keep another out, and connections that only
// wait cannot keep out one that makes progress.
//
// No method waits for a client.
type Connections struct {
	// immutable
	max     int // of all; 0 for no limit
	log     *zap.Logger
	refused func(protocol.Limit) // counts the connections that are closed

	// guarded by mu
	mu         sync.Mutex
	open       map[net.Conn]*Connection
	unfinished group
	idle       group
	warned     time.Time // of the last warning
}

// warnInterval is the least time between two warnings that connections are closed.
const warnInterval = time.Minute

// NewConnections returns a table that bounds the unfinished and the idle connections
// of unknown clients, and all connections together; 0 means no limit on these. refused is
// called for each connection that is closed, and must not block.
func NewConnections(unfinished, all int, log *zap.Logger, refused func(protocol.Limit)) *Connections {
	return &Connections{
		max:        all,
		log:        log,
		refused:    refused,
		open:       map[net.Conn]*Connection{},
		unfinished: newGroup(unfinished),
		idle:       newGroup(unfinished),
	}
}

// Accept adds a new connection, or closes it if there is no room. It is the
// ConnContext of an [http.Server]; [ConnectionOf] finds the connection in the
// context that it returns.
func (t *Connections) Accept(ctx context.Context, n net.Conn) context.Context {
	network, _ := networkOf(n.RemoteAddr().String())
	c := &Connection{table: t, net: n, network: network}
	rejected, by := t.add(c)
	for i, r := range rejected {
		t.reject(r, by[i])
	}
	return context.WithValue(ctx, connectionKey{}, c)
}

// add adds a connection, and returns those that must be closed, which may include it, and by
// which limit.
func (t *Connections) add(c *Connection) (rejected []*Connection, by []protocol.Limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.max > 0 && len(t.open) >= t.max {
		evicted := t.idle.evict()
		if evicted == nil {
			evicted = t.unfinished.evict()
		}
		if evicted == nil {
			return []*Connection{c}, []protocol.Limit{protocol.LimitOpen}
		}
		rejected, by = append(rejected, evicted), append(by, protocol.LimitOpen)
	}
	t.open[c.net] = c
	if evicted := t.unfinished.add(c); evicted != nil {
		rejected, by = append(rejected, evicted), append(by, protocol.LimitUnfinished)
	}
	return rejected, by
}

// Used returns how many connections there are, and how many of them keep the server waiting.
func (t *Connections) Used() (open, unfinished int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open), t.unfinished.count
}

// StateChanged follows the state of a connection. It is the ConnState of an
// [http.Server].
func (t *Connections) StateChanged(n net.Conn, state http.ConnState) {
	if evicted := t.changeState(n, state); evicted != nil {
		t.reject(evicted, protocol.LimitUnfinished)
	}
}

func (t *Connections) changeState(n net.Conn, state http.ConnState) (evicted *Connection) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.open[n]
	switch {
	case c == nil:
	case state == http.StateClosed:
		t.remove(c)
	case c.known:
	case state == http.StateActive:
		c.active = true
		if c.group == &t.idle {
			t.idle.remove(c)
			return t.unfinished.add(c)
		}
	case state == http.StateIdle:
		c.leaveGroup()
		return t.idle.add(c)
	}
	return nil
}

// remove removes a connection from the table. The caller holds t.mu.
func (t *Connections) remove(c *Connection) {
	c.leaveGroup()
	delete(t.open, c.net)
}

// reject closes a connection for which a limit leaves no room.
func (t *Connections) reject(c *Connection, by protocol.Limit) {
	t.refused(by)
	t.mu.Lock()
	closeFunc, active := c.close, c.active
	now := time.Now()
	warn := now.Sub(t.warned) >= warnInterval
	if warn {
		t.warned = now
	}
	t.mu.Unlock()
	if warn {
		t.log.Warn("closed connections: too many of unknown clients, or in all", zap.Stringer("network", c.network))
	}
	if closeFunc != nil {
		closeFunc()
		return
	}
	if !active {
		rawconn.TryWrite(c.net, noRoomResponse)
	}
	rawconn.CloseNow(c.net)
}
