package limit

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"parley/protocol"
)

// Connection is one connection of [Connections]. Every method may be called on a
// nil Connection, of a server that does not count its connections, and does
// nothing then.
type Connection struct {
	// immutable
	table   *Connections
	net     net.Conn
	network netip.Prefix

	// guarded by table.mu
	group   *group // nil for none
	element element
	joined  time.Time // when it joined the group
	active  bool      // the header of a request, or more, has arrived
	known   bool      // the client has shown valid credentials
	close   func()    // closes the connection with the reason; nil to close it without
}

type connectionKey struct{}

// ConnectionOf returns the connection on which a request with this context has
// arrived, or nil.
func ConnectionOf(ctx context.Context) *Connection {
	c, _ := ctx.Value(connectionKey{}).(*Connection)
	return c
}

// RequestReceived notes that a request is complete: from then on, the client waits
// for the server.
func (c *Connection) RequestReceived() {
	c.locked(func() { c.leaveGroup() })
}

// Identified notes that the client has shown valid credentials.
func (c *Connection) Identified() {
	c.locked(func() {
		c.leaveGroup()
		c.known, c.close = true, nil
	})
}

// Known reports whether the client has shown valid credentials.
func (c *Connection) Known() (known bool) {
	c.locked(func() { known = c.known })
	return known
}

// OnReject sets the function that closes the connection when it must make room. It
// must not wait.
func (c *Connection) OnReject(closeFunc func()) {
	c.locked(func() { c.close = closeFunc })
}

// Closed removes a hijacked connection, of whose end the http.Server does not
// know. It may be called more than once.
func (c *Connection) Closed() {
	c.locked(func() { c.table.remove(c) })
}

// locked calls f while it holds the table's lock, unless c is nil.
func (c *Connection) locked(f func()) {
	if c != nil {
		c.table.mu.Lock()
		defer c.table.mu.Unlock()
		f()
	}
}

// leaveGroup removes the connection from its group. The caller holds c.table.mu.
func (c *Connection) leaveGroup() {
	if c.group != nil {
		c.group.remove(c)
	}
}

// ErrNoRoom is the reason with which connections are closed to make room.
var ErrNoRoom = protocol.Errorf(protocol.CodeRateLimited, "the server has as many connections as it may; try again in a moment")

// noRoomResponse is the HTTP response to a request that was not read.
var noRoomResponse = func() []byte {
	body, err := protocol.Marshal(ErrNoRoom.Body())
	if err != nil {
		panic(err) // four plain members
	}
	status := ErrNoRoom.Entry().Status
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"+
		"Retry-After: 1\r\nConnection: close\r\n\r\n%s", status, http.StatusText(status), len(body), body)
}()
