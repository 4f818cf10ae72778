// Package link carries the frames of package connect over WebSocket connections. A [Conn]
// is one connection. An [End] is one end of the connector's protocol: it outlives its
// connections, puts frames for the other end in order, and hands out those of the other end
// once and in order.
//
// # Who may block whom
//
// [End.Put] waits while the other end is behind, or away, and the memory of the end is full.
// [End.Next] waits for a frame. Neither holds up the connection: it is read on while the
// caller of Next is slow, and what the caller has not taken is bounded, since the other end
// keeps a bounded number of bytes that are not acknowledged.
//
// # Goroutines
//
// [End.Run] serves one connection, with a goroutine for its writes that it waits for.
//
// # Testing
//
// The tests use real WebSockets through a proxy that delays, cuts and stalls.
package link
