package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
)

// connTable has the connections of a server, and bounds them: those that an
// unknown client keeps waiting, by a request that is not whole or by a socket
// that has not joined; those that are idle between two requests of an unknown
// client; and all together. Where one is too many, the oldest of the address that
// has the most is closed, so one address cannot keep another out, nor a
// connection that only waits one that gets on. A client that has shown right
// credentials is known, and its connection is never closed to make room.
//
// Its methods are safe for concurrent use, and do not wait for a client.
type connTable struct {
	// immutable
	most int // of all; 0 for no limit
	log  *zap.Logger

	// guarded by mu
	mu         sync.Mutex
	conns      map[net.Conn]*clientConn
	unfinished connGroup
	idle       connGroup
	warned     time.Time // when the log was last told that connections were closed
}

func newConnTable(unfinished, most int, log *zap.Logger) *connTable {
	return &connTable{
		most:       most,
		log:        log,
		conns:      map[net.Conn]*clientConn{},
		unfinished: newConnGroup(unfinished),
		idle:       newConnGroup(unfinished),
	}
}

// clientConn is one connection in a connTable. A nil one, that of a server whose
// connections are not counted, takes every call.
type clientConn struct {
	// immutable
	table   *connTable
	net     net.Conn
	network netip.Prefix

	// guarded by table.mu
	group *connGroup // that it is in, if any
	place connPlace
	since time.Time // when it came into the group
	begun bool      // a request has come, or its header at least
	known bool
	cut   func() // ends the connection with the reason, instead of plainly
}

// accept takes in a new connection, or closes it if there is no room. It is an
// http.Server's ConnContext; the context has the connection for requestConn.
func (t *connTable) accept(ctx context.Context, n net.Conn) context.Context {
	network, _ := networkOf(n.RemoteAddr().String())
	c := &clientConn{table: t, net: n, network: network}
	t.mu.Lock()
	room, closed := true, (*clientConn)(nil)
	if t.most > 0 && len(t.conns) >= t.most {
		if closed = t.idle.evict(); closed == nil {
			closed = t.unfinished.evict()
		}
		room = closed != nil
	}
	var other *clientConn
	if room {
		t.conns[n] = c
		other = t.unfinished.put(c)
	}
	t.mu.Unlock()
	t.close(closed)
	t.close(other)
	if !room {
		t.close(c)
	}
	return context.WithValue(ctx, connKey{}, c)
}

type connKey struct{}

// requestConn returns the connection that a request has come on, or nil.
func requestConn(ctx context.Context) *clientConn {
	c, _ := ctx.Value(connKey{}).(*clientConn)
	return c
}

// changed is an http.Server's ConnState.
func (t *connTable) changed(n net.Conn, state http.ConnState) {
	t.mu.Lock()
	c := t.conns[n]
	var closed *clientConn
	switch {
	case c == nil:
	case state == http.StateClosed:
		t.drop(c)
	case c.known:
	case state == http.StateActive:
		c.begun = true
		if c.group == &t.idle {
			t.idle.remove(c)
			closed = t.unfinished.put(c)
		}
	case state == http.StateIdle:
		t.take(c)
		closed = t.idle.put(c)
	}
	t.mu.Unlock()
	t.close(closed)
}

// requested notes that a request is whole: from now on the client waits for the
// server.
func (c *clientConn) requested() {
	if c != nil {
		c.table.mu.Lock()
		defer c.table.mu.Unlock()
		c.table.take(c)
	}
}

// identified notes that the client has shown right credentials.
func (c *clientConn) identified() {
	if c != nil {
		c.table.mu.Lock()
		defer c.table.mu.Unlock()
		c.table.take(c)
		c.known, c.cut = true, nil
	}
}

// isKnown reports whether the client has shown right credentials on it.
func (c *clientConn) isKnown() bool {
	if c == nil {
		return false
	}
	c.table.mu.Lock()
	defer c.table.mu.Unlock()
	return c.known
}

// endBy sets how the connection is ended when it has to make room. cut does not
// wait.
func (c *clientConn) endBy(cut func()) {
	if c != nil {
		c.table.mu.Lock()
		defer c.table.mu.Unlock()
		c.cut = cut
	}
}

// left notes that a connection is closed that net/http has given away. It may be
// called more than once.
func (c *clientConn) left() {
	if c != nil {
		c.table.mu.Lock()
		defer c.table.mu.Unlock()
		c.table.drop(c)
	}
}

// take takes a connection out of its group; t.mu is held.
func (t *connTable) take(c *clientConn) {
	if c.group != nil {
		c.group.remove(c)
	}
}

// drop forgets a connection; t.mu is held.
func (t *connTable) drop(c *clientConn) {
	t.take(c)
	delete(t.conns, c.net)
}

// close closes a connection that has no room, if there is one.
func (t *connTable) close(c *clientConn) {
	if c == nil {
		return
	}
	t.mu.Lock()
	cut, begun := c.cut, c.begun
	now := time.Now()
	warn := now.Sub(t.warned) >= warnAgain
	if warn {
		t.warned = now
	}
	t.mu.Unlock()
	if warn {
		t.log.Warn("too many connections of unknown clients, or in all: some are closed", zap.Stringer("network", c.network))
	}
	if cut != nil {
		cut()
		return
	}
	if !begun {
		_, _ = new(attempt).write(rawSocket(c.net), noRoomAnswer)
	}
	_ = c.net.Close()
}

// warnAgain is how long the log is not told a second time.
const warnAgain = time.Minute

var errNoRoom = protocol.Errorf(protocol.CodeRateLimited, "the server has as many connections as it may; try again in a moment")

// noRoomAnswer answers whatever request a client has not sent, or not to its end.
var noRoomAnswer = func() []byte {
	body, err := protocol.Marshal(errNoRoom.Body())
	if err != nil {
		panic(err) // four plain members
	}
	status := errNoRoom.Entry().Status
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"+
		"Retry-After: 1\r\nConnection: close\r\n\r\n%s", status, http.StatusText(status), len(body), body)
}()
