// Package live serves the connections that outlive their requests: WebSockets and
// event streams. It also counts the long polls, so that one [Server.Shutdown] ends
// all three.
//
// A connection has a goroutine that reads and owns it. For a WebSocket, that goroutine
// carries out commands; for a stream, it waits for the client to leave. A sender writes
// what the subscription has: from the session's fan-out as long as the client keeps
// up, and else in a goroutine of its own. The goroutine that reads ends the connection
// and waits for all others.
//
// # What order is promised
//
// Lines leave in the order in which the subscription yields them, in WebSocket messages
// or writes of bounded size. A close code leaves behind them.
//
// # Who may block whom
//
// A goroutine that reads blocks while the session's inbox is full, which slows down its
// client alone. The fan-out never waits for a socket. Every write that waits has a
// time-out.
//
// # How to test against it
//
// The tests of package web cover this package with real clients, over TCP, TLS and
// pipes.
package live
